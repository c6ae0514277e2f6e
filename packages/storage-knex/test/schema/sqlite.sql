CREATE TABLE "users" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "userId" integer primary key autoincrement not null,
  "identityKey" varchar(130) not null,
  "activeStorage" varchar(255) not null
);

CREATE UNIQUE INDEX "users_identitykey_unique" on "users" ("identityKey");

CREATE TABLE "settings" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "storageIdentityKey" varchar(130) not null,
  "storageName" varchar(128) not null,
  "chain" varchar(10) not null,
  "dbtype" varchar(10) not null,
  "maxOutputScript" integer not null
);

CREATE TABLE "sync_states" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "syncStateId" integer primary key autoincrement not null,
  "userId" integer not null,
  "storageIdentityKey" varchar(130) not null default '',
  "storageName" varchar(255) not null,
  "status" varchar(255) not null default 'unknown',
  "init" boolean not null default 0,
  "refNum" varchar(100) not null,
  "syncMap" text not null,
  "when" datetime null,
  "satoshis" bigint null,
  "errorLocal" text null,
  "errorOther" text null,
  foreign key ("userId") references "users" ("userId")
);

CREATE UNIQUE INDEX "sync_states_refnum_unique" on "sync_states" ("refNum");

CREATE INDEX "sync_states_status_index" on "sync_states" ("status");

CREATE TABLE "monitor_events" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "id" integer primary key autoincrement not null,
  "event" varchar(64) not null,
  "details" text null
);

CREATE INDEX "monitor_events_event_index" on "monitor_events" ("event");

CREATE TABLE "output_baskets" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "basketId" integer primary key autoincrement not null,
  "userId" integer not null,
  "name" varchar(300) not null,
  "numberOfDesiredUTXOs" integer not null default 6,
  "minimumDesiredUTXOValue" integer not null default 10000,
  "isDeleted" boolean not null default 0,
  foreign key ("userId") references "users" ("userId")
);

CREATE UNIQUE INDEX "output_baskets_name_userid_unique" on "output_baskets" ("name", "userId");

CREATE TABLE "output_tags" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "outputTagId" integer primary key autoincrement not null,
  "userId" integer not null,
  "tag" varchar(300) not null,
  "isDeleted" boolean not null default 0,
  foreign key ("userId") references "users" ("userId")
);

CREATE UNIQUE INDEX "output_tags_tag_userid_unique" on "output_tags" ("tag", "userId");

CREATE TABLE "tx_labels" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "txLabelId" integer primary key autoincrement not null,
  "userId" integer not null,
  "label" varchar(300) not null,
  "isDeleted" boolean not null default 0,
  foreign key ("userId") references "users" ("userId")
);

CREATE UNIQUE INDEX "tx_labels_label_userid_unique" on "tx_labels" ("label", "userId");

CREATE TABLE "certificates" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "certificateId" integer primary key autoincrement not null,
  "userId" integer not null,
  "serialNumber" varchar(100) not null,
  "type" varchar(100) not null,
  "certifier" varchar(100) not null,
  "subject" varchar(100) not null,
  "verifier" varchar(100) null,
  "revocationOutpoint" varchar(100) not null,
  "signature" varchar(255) not null,
  "isDeleted" boolean not null default 0,
  foreign key ("userId") references "users" ("userId")
);

CREATE UNIQUE INDEX "certificates_userid_type_certifier_serialnumber_unique" on "certificates" ("userId", "type", "certifier", "serialNumber");

CREATE TABLE "certificate_fields" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "userId" integer not null,
  "certificateId" integer not null,
  "fieldName" varchar(300) not null,
  "fieldValue" text not null,
  "masterKey" varchar(255) not null default '',
  foreign key ("userId") references "users" ("userId"),
  foreign key ("certificateId") references "certificates" ("certificateId")
);

CREATE UNIQUE INDEX "certificate_fields_fieldname_certificateid_unique" on "certificate_fields" ("fieldName", "certificateId");

CREATE TABLE "transactions" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "transactionId" integer primary key autoincrement not null,
  "txid" varchar(64) not null,
  "processing" varchar(16) not null,
  "processing_changed_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "next_action_at" datetime null,
  "attempts" integer not null default 0,
  "proof_attempts" integer not null default 0,
  "rebroadcast_cycles" integer not null default 0,
  "was_broadcast" boolean not null default 0,
  "idempotency_key" varchar(255) null,
  "batch" varchar(64) null,
  "height" integer null,
  "merkle_index" integer null,
  "merkle_root" varchar(64) null,
  "block_hash" varchar(64) null,
  "is_coinbase" boolean not null default 0,
  "last_provider" varchar(255) null,
  "last_provider_status" varchar(255) null,
  "frozen_reason" text null,
  "legacy_proven_id" integer null,
  "legacy_req_id" integer null,
  "row_version" bigint not null default 0,
  "merkle_path" blob null,
  "raw_tx" blob null,
  "input_beef" blob null,
  constraint "txk_transactions_processing" check ("processing" in ('queued', 'sending', 'sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed', 'reorging', 'invalid', 'doubleSpend', 'unfail', 'frozen', 'nosend', 'nonfinal')),
  constraint "txk_transactions_proof" check ("processing" not in ('unconfirmed', 'confirmed') or "merkle_path" is not null)
);

CREATE UNIQUE INDEX "txk_transactions_txid" on "transactions" ("txid");

CREATE UNIQUE INDEX "txk_transactions_idempotency" on "transactions" ("idempotency_key");

CREATE INDEX "txk_transactions_due" on "transactions" ("processing", "next_action_at");

CREATE INDEX "txk_transactions_batch" on "transactions" ("batch");

CREATE INDEX "txk_transactions_block" on "transactions" ("block_hash");

CREATE INDEX "txk_transactions_height" on "transactions" ("height");

CREATE TABLE "actions" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "actionId" integer primary key autoincrement not null,
  "userId" integer not null,
  "transactionId" integer null,
  "reference" varchar(64) not null,
  "description" text null,
  "isOutgoing" boolean not null default 0,
  "satoshis_delta" bigint not null default 0,
  "version" bigint null,
  "lock_time" bigint null,
  "user_nosend" boolean not null default 0,
  "hidden" boolean not null default 0,
  "user_aborted" boolean not null default 0,
  "plan_json" text null,
  "notify_json" text null,
  "row_version" bigint not null default 0,
  "draft_input_beef" blob null,
  foreign key ("userId") references "users" ("userId"),
  foreign key ("transactionId") references "transactions" ("transactionId")
);

CREATE UNIQUE INDEX "txk_actions_reference" on "actions" ("userId", "reference");

CREATE UNIQUE INDEX "txk_actions_user_transaction" on "actions" ("userId", "transactionId");

CREATE INDEX "txk_actions_transaction" on "actions" ("transactionId");

CREATE INDEX "txk_actions_user" on "actions" ("userId", "actionId");

CREATE TABLE "outputs" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "outputId" integer primary key autoincrement not null,
  "userId" integer not null,
  "actionId" integer not null,
  "basketId" integer null,
  "spendable" boolean not null default 0,
  "pending" boolean not null default 0,
  "matures_at_height" integer null,
  "withheld" varchar(32) null,
  "change" boolean not null default 0,
  "vout" integer not null,
  "satoshis" bigint not null,
  "providedBy" varchar(130) not null,
  "purpose" varchar(20) not null,
  "type" varchar(50) not null,
  "outputDescription" text null,
  "txid" varchar(64) null,
  "senderIdentityKey" varchar(130) null,
  "derivationPrefix" varchar(200) null,
  "derivationSuffix" varchar(200) null,
  "customInstructions" text null,
  "spentByActionId" integer null,
  "sequenceNumber" bigint null,
  "spendingDescription" text null,
  "scriptLength" bigint null,
  "scriptOffset" bigint null,
  "lockingScript" blob null,
  foreign key ("userId") references "users" ("userId"),
  foreign key ("actionId") references "actions" ("actionId"),
  foreign key ("basketId") references "output_baskets" ("basketId"),
  foreign key ("spentByActionId") references "actions" ("actionId")
);

CREATE UNIQUE INDEX "txk_outputs_action_vout" on "outputs" ("actionId", "vout");

CREATE INDEX "txk_outputs_hot" on "outputs" ("userId", "basketId", "spendable", "satoshis", "outputId");

CREATE INDEX "txk_outputs_hot_pending" on "outputs" ("userId", "basketId", "pending", "satoshis", "outputId");

CREATE INDEX "txk_outputs_unspent" on "outputs" ("userId", "basketId", "spentByActionId", "outputId");

CREATE INDEX "txk_outputs_user" on "outputs" ("userId", "spendable", "outputId");

CREATE INDEX "txk_outputs_txid" on "outputs" ("txid");

CREATE INDEX "txk_outputs_spent_by" on "outputs" ("spentByActionId");

CREATE INDEX "txk_outputs_matures" on "outputs" ("matures_at_height");

CREATE TABLE "commissions" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "commissionId" integer primary key autoincrement not null,
  "userId" integer not null,
  "actionId" integer not null,
  "satoshis" bigint not null,
  "keyOffset" varchar(130) not null,
  "isRedeemed" boolean not null default 0,
  "lockingScript" blob not null,
  foreign key ("userId") references "users" ("userId"),
  foreign key ("actionId") references "actions" ("actionId")
);

CREATE UNIQUE INDEX "txk_commissions_action" on "commissions" ("actionId");

CREATE TABLE "tx_labels_map" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "txLabelId" integer not null,
  "actionId" integer not null,
  "isDeleted" boolean not null default 0,
  primary key ("txLabelId", "actionId"),
  foreign key ("txLabelId") references "tx_labels" ("txLabelId"),
  foreign key ("actionId") references "actions" ("actionId")
);

CREATE INDEX "txk_labels_map_action" on "tx_labels_map" ("actionId", "isDeleted", "txLabelId");

CREATE TABLE "output_tags_map" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "outputTagId" integer not null,
  "outputId" integer not null,
  "isDeleted" boolean not null default 0,
  primary key ("outputTagId", "outputId"),
  foreign key ("outputTagId") references "output_tags" ("outputTagId"),
  foreign key ("outputId") references "outputs" ("outputId")
);

CREATE INDEX "txk_tags_map_output" on "output_tags_map" ("outputId", "isDeleted", "outputTagId");

CREATE TABLE "tx_audit" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "auditId" integer primary key autoincrement not null,
  "transactionId" integer null,
  "actionId" integer null,
  "event" varchar(64) not null,
  "from_state" varchar(64) null,
  "to_state" varchar(64) null,
  "details_json" text null
);

CREATE INDEX "txk_audit_transaction" on "tx_audit" ("transactionId", "auditId");

CREATE INDEX "txk_audit_action" on "tx_audit" ("actionId", "auditId");

CREATE INDEX "txk_audit_event" on "tx_audit" ("event", "auditId");

CREATE TABLE "chain_tip" (
  "id" integer not null,
  "height" integer not null,
  "block_hash" varchar(64) null,
  "merkle_root" varchar(64) null,
  "observed_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  primary key ("id"),
  constraint "txk_chain_tip_single" check ("id" in (1))
);

CREATE TABLE "monitor_lease" (
  "task_name" varchar(64) not null,
  "owner_id" varchar(255) not null,
  "fence" bigint not null,
  "expires_at" bigint not null,
  "renew_count" integer not null default 0,
  "note" text null,
  primary key ("task_name")
);

CREATE TABLE "monitor_task" (
  "created_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "updated_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  "task_name" varchar(64) not null,
  "fence" bigint not null default 0,
  "next_due_at" bigint null,
  "wake_seq" bigint not null default 0,
  "done_seq" bigint not null default 0,
  "cursor" text null,
  "last_outcome_json" text null,
  primary key ("task_name")
);

CREATE TABLE "sync_arrivals" (
  "userId" integer not null,
  "entity" varchar(64) not null,
  "key" varchar(300) not null,
  "arrived_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  primary key ("userId", "entity", "key"),
  foreign key ("userId") references "users" ("userId")
);

CREATE INDEX "txk_sync_arrivals_arrived" on "sync_arrivals" ("userId", "arrived_at");

CREATE TABLE "txkeep_migrations" (
  "version" integer not null,
  "name" varchar(255) not null,
  "applied_at" datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  primary key ("version")
);
