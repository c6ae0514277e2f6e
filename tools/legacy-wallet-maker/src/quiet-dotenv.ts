/**
 * Silences dotenv, which the published toolbox loads as a side effect and which announces itself on stdout.
 * Consumers print JSON there. Import this module before the toolbox: modules are evaluated in the order of their imports.
 */
process.env['DOTENV_CONFIG_QUIET'] = 'true'
