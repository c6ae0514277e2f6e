create table `users` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `userId` int unsigned auto_increment primary key not null,
  `identityKey` varchar(130) not null,
  `activeStorage` varchar(255) not null,
  unique key `users_identitykey_unique` (`identityKey`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `settings` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `storageIdentityKey` varchar(130) not null,
  `storageName` varchar(128) not null,
  `chain` varchar(10) not null,
  `dbtype` varchar(10) not null,
  `maxOutputScript` bigint not null
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `sync_states` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `syncStateId` int unsigned auto_increment primary key not null,
  `userId` int unsigned not null,
  `storageIdentityKey` varchar(130) not null default '',
  `storageName` varchar(255) not null,
  `status` varchar(255) not null default 'unknown',
  `init` boolean not null default 0,
  `refNum` varchar(100) not null,
  `syncMap` longtext not null,
  `when` datetime(3) null,
  `satoshis` bigint null,
  `errorLocal` longtext null,
  `errorOther` longtext null,
  unique key `sync_states_refnum_unique` (`refNum`),
  key `sync_states_status_index` (`status`),
  foreign key (`userId`) references `users` (`userId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `monitor_events` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `id` int unsigned auto_increment primary key not null,
  `event` varchar(64) not null,
  `details` longtext null,
  key `monitor_events_event_index` (`event`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `output_baskets` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `basketId` int unsigned auto_increment primary key not null,
  `userId` int unsigned not null,
  `name` varchar(300) not null,
  `numberOfDesiredUTXOs` bigint not null default 6,
  `minimumDesiredUTXOValue` bigint not null default 10000,
  `isDeleted` boolean not null default 0,
  unique key `output_baskets_name_userid_unique` (`name`, `userId`),
  foreign key (`userId`) references `users` (`userId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `output_tags` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `outputTagId` int unsigned auto_increment primary key not null,
  `userId` int unsigned not null,
  `tag` varchar(300) not null,
  `isDeleted` boolean not null default 0,
  unique key `output_tags_tag_userid_unique` (`tag`, `userId`),
  foreign key (`userId`) references `users` (`userId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `tx_labels` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `txLabelId` int unsigned auto_increment primary key not null,
  `userId` int unsigned not null,
  `label` varchar(300) not null,
  `isDeleted` boolean not null default 0,
  unique key `tx_labels_label_userid_unique` (`label`, `userId`),
  foreign key (`userId`) references `users` (`userId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `certificates` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `certificateId` int unsigned auto_increment primary key not null,
  `userId` int unsigned not null,
  `serialNumber` varchar(100) not null,
  `type` varchar(100) not null,
  `certifier` varchar(100) not null,
  `subject` varchar(100) not null,
  `verifier` varchar(100) null,
  `revocationOutpoint` varchar(100) not null,
  `signature` varchar(255) not null,
  `isDeleted` boolean not null default 0,
  unique key `certificates_userid_type_certifier_serialnumber_unique` (`userId`, `type`, `certifier`, `serialNumber`),
  foreign key (`userId`) references `users` (`userId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `certificate_fields` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `userId` int unsigned not null,
  `certificateId` int unsigned not null,
  `fieldName` varchar(300) not null,
  `fieldValue` longtext not null,
  `masterKey` varchar(255) not null default '',
  unique key `certificate_fields_fieldname_certificateid_unique` (`fieldName`, `certificateId`),
  foreign key (`userId`) references `users` (`userId`),
  foreign key (`certificateId`) references `certificates` (`certificateId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `transactions` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `transactionId` int unsigned auto_increment primary key not null,
  `txid` varchar(64) not null,
  `processing` varchar(16) not null,
  `processing_changed_at` datetime(3) not null default (utc_timestamp(3)),
  `next_action_at` datetime(3) null,
  `attempts` bigint not null default 0,
  `proof_attempts` bigint not null default 0,
  `rebroadcast_cycles` bigint not null default 0,
  `was_broadcast` boolean not null default 0,
  `idempotency_key` varchar(255) null,
  `batch` varchar(64) null,
  `height` bigint null,
  `merkle_index` bigint null,
  `merkle_root` varchar(64) null,
  `block_hash` varchar(64) null,
  `is_coinbase` boolean not null default 0,
  `last_provider` varchar(255) null,
  `last_provider_status` varchar(255) null,
  `frozen_reason` longtext null,
  `legacy_proven_id` bigint null,
  `legacy_req_id` bigint null,
  `row_version` bigint not null default 0,
  `merkle_path` longblob null,
  `raw_tx` longblob null,
  `input_beef` longblob null,
  constraint `txk_transactions_processing` check (`processing` in ('queued', 'sending', 'sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed', 'reorging', 'invalid', 'doubleSpend', 'unfail', 'frozen', 'nosend', 'nonfinal')),
  constraint `txk_transactions_proof` check (`processing` not in ('unconfirmed', 'confirmed') or `merkle_path` is not null),
  unique key `txk_transactions_txid` (`txid`),
  unique key `txk_transactions_idempotency` (`idempotency_key`),
  key `txk_transactions_due` (`processing`, `next_action_at`),
  key `txk_transactions_batch` (`batch`),
  key `txk_transactions_block` (`block_hash`),
  key `txk_transactions_height` (`height`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `actions` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `actionId` bigint unsigned auto_increment primary key not null,
  `userId` int unsigned not null,
  `transactionId` int unsigned null,
  `reference` varchar(64) not null,
  `description` longtext null,
  `isOutgoing` boolean not null default 0,
  `satoshis_delta` bigint not null default 0,
  `version` bigint null,
  `lock_time` bigint null,
  `user_nosend` boolean not null default 0,
  `hidden` boolean not null default 0,
  `user_aborted` boolean not null default 0,
  `plan_json` longtext null,
  `notify_json` longtext null,
  `row_version` bigint not null default 0,
  `draft_input_beef` longblob null,
  unique key `txk_actions_reference` (`userId`, `reference`),
  unique key `txk_actions_user_transaction` (`userId`, `transactionId`),
  key `txk_actions_transaction` (`transactionId`),
  key `txk_actions_user` (`userId`, `actionId`),
  foreign key (`userId`) references `users` (`userId`),
  foreign key (`transactionId`) references `transactions` (`transactionId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `outputs` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `outputId` int unsigned auto_increment primary key not null,
  `userId` int unsigned not null,
  `actionId` bigint unsigned not null,
  `basketId` int unsigned null,
  `spendable` boolean not null default 0,
  `pending` boolean not null default 0,
  `matures_at_height` bigint null,
  `withheld` varchar(32) null,
  `change` boolean not null default 0,
  `vout` bigint not null,
  `satoshis` bigint not null,
  `providedBy` varchar(130) not null,
  `purpose` varchar(20) not null,
  `type` varchar(50) not null,
  `outputDescription` longtext null,
  `txid` varchar(64) null,
  `senderIdentityKey` varchar(130) null,
  `derivationPrefix` varchar(200) null,
  `derivationSuffix` varchar(200) null,
  `customInstructions` longtext null,
  `spentByActionId` bigint unsigned null,
  `sequenceNumber` bigint null,
  `spendingDescription` longtext null,
  `scriptLength` bigint null,
  `scriptOffset` bigint null,
  `lockingScript` longblob null,
  unique key `txk_outputs_action_vout` (`actionId`, `vout`),
  key `txk_outputs_hot` (`userId`, `basketId`, `spendable`, `satoshis`, `outputId`),
  key `txk_outputs_hot_pending` (`userId`, `basketId`, `pending`, `satoshis`, `outputId`),
  key `txk_outputs_unspent` (`userId`, `basketId`, `spentByActionId`, `outputId`),
  key `txk_outputs_user` (`userId`, `spendable`, `outputId`),
  key `txk_outputs_txid` (`txid`),
  key `txk_outputs_spent_by` (`spentByActionId`),
  key `txk_outputs_matures` (`matures_at_height`),
  foreign key (`userId`) references `users` (`userId`),
  foreign key (`actionId`) references `actions` (`actionId`),
  foreign key (`basketId`) references `output_baskets` (`basketId`),
  foreign key (`spentByActionId`) references `actions` (`actionId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `commissions` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `commissionId` int unsigned auto_increment primary key not null,
  `userId` int unsigned not null,
  `actionId` bigint unsigned not null,
  `satoshis` bigint not null,
  `keyOffset` varchar(130) not null,
  `isRedeemed` boolean not null default 0,
  `lockingScript` longblob not null,
  unique key `txk_commissions_action` (`actionId`),
  foreign key (`userId`) references `users` (`userId`),
  foreign key (`actionId`) references `actions` (`actionId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `tx_labels_map` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `txLabelId` int unsigned not null,
  `actionId` bigint unsigned not null,
  `isDeleted` boolean not null default 0,
  primary key (`txLabelId`, `actionId`),
  key `txk_labels_map_action` (`actionId`, `isDeleted`, `txLabelId`),
  foreign key (`txLabelId`) references `tx_labels` (`txLabelId`),
  foreign key (`actionId`) references `actions` (`actionId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `output_tags_map` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `outputTagId` int unsigned not null,
  `outputId` int unsigned not null,
  `isDeleted` boolean not null default 0,
  primary key (`outputTagId`, `outputId`),
  key `txk_tags_map_output` (`outputId`, `isDeleted`, `outputTagId`),
  foreign key (`outputTagId`) references `output_tags` (`outputTagId`),
  foreign key (`outputId`) references `outputs` (`outputId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `tx_audit` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `auditId` bigint unsigned auto_increment primary key not null,
  `transactionId` bigint null,
  `actionId` bigint null,
  `event` varchar(64) not null,
  `from_state` varchar(64) null,
  `to_state` varchar(64) null,
  `details_json` longtext null,
  key `txk_audit_transaction` (`transactionId`, `auditId`),
  key `txk_audit_action` (`actionId`, `auditId`),
  key `txk_audit_event` (`event`, `auditId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `chain_tip` (
  `id` bigint not null,
  `height` bigint not null,
  `block_hash` varchar(64) null,
  `merkle_root` varchar(64) null,
  `observed_at` datetime(3) not null default (utc_timestamp(3)),
  primary key (`id`),
  constraint `txk_chain_tip_single` check (`id` in (1))
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `monitor_lease` (
  `task_name` varchar(64) not null,
  `owner_id` varchar(255) not null,
  `fence` bigint not null,
  `expires_at` bigint not null,
  `renew_count` bigint not null default 0,
  `note` longtext null,
  primary key (`task_name`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `monitor_task` (
  `created_at` datetime(3) not null default (utc_timestamp(3)),
  `updated_at` datetime(3) not null default (utc_timestamp(3)),
  `task_name` varchar(64) not null,
  `fence` bigint not null default 0,
  `next_due_at` bigint null,
  `wake_seq` bigint not null default 0,
  `done_seq` bigint not null default 0,
  `cursor` longtext null,
  `last_outcome_json` longtext null,
  primary key (`task_name`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `sync_arrivals` (
  `userId` int unsigned not null,
  `entity` varchar(64) not null,
  `key` varchar(300) not null,
  `arrived_at` datetime(3) not null default (utc_timestamp(3)),
  primary key (`userId`, `entity`, `key`),
  key `txk_sync_arrivals_arrived` (`userId`, `arrived_at`),
  foreign key (`userId`) references `users` (`userId`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

create table `txkeep_migrations` (
  `version` bigint not null,
  `name` varchar(255) not null,
  `applied_at` datetime(3) not null default (utc_timestamp(3)),
  primary key (`version`)
) engine=InnoDB row_format=dynamic default character set utf8mb4 /*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */;

insert into `txkeep_migrations` (`version`, `name`) select 1, '0001-initial' where not exists (select 1 from `txkeep_migrations` where `version` = 1);
