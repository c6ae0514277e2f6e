import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

/**
 * What a package offers, read from its sources: every name that each entry exports, types marked as such.
 * Kept as a snapshot, so that a name appears or leaves only on purpose.
 * @param {string} packageRoot the folder of its package.json
 * @returns {Record<string, string[]>} entry (`.`, `./knex`) to sorted names
 */
export function publicSurface(packageRoot) {
  const { exports } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  const entries = Object.entries(exports).filter(([, target]) => target['@txkeep/source'] !== undefined)
  return Object.fromEntries(
    entries.map(([entry, target]) => [entry, exportedNames(join(packageRoot, target['@txkeep/source']))]),
  )
}

/** An index is a list of explicit named exports, so its text alone tells them; anything else is an error. */
function exportedNames(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest)
  return source.statements.flatMap((statement) => namesOf(statement, file)).sort()
}

function namesOf(statement, file) {
  if (ts.isExportDeclaration(statement)) {
    if (statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)) {
      throw new Error(`${relative(dirname(dirname(file)), file)} exports a whole module: name each export.`)
    }
    return statement.exportClause.elements.map(({ name, isTypeOnly }) =>
      statement.isTypeOnly || isTypeOnly ? `type ${name.text}` : name.text,
    )
  }
  if (!statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return []
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.text)
  const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
  return [isType ? `type ${statement.name.text}` : statement.name.text]
}
