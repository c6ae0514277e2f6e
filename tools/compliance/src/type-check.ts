import { resolve } from 'node:path'
import ts from 'typescript'

/** A piece of code that exists only in memory, at a path that decides what its imports find. */
export interface VirtualFile {
  readonly path: string
  readonly code: string
}

/**
 * What the compiler has against these files, one line each, under the options of the workspace. Each file may import what a
 * real one at its path could.
 */
export function typeCheck(files: readonly VirtualFile[], workspaceRoot: string): string[] {
  const texts = new Map(files.map(({ path, code }) => [resolve(path), code]))
  const options = compilerOptions(workspaceRoot)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => texts.has(resolve(path)) || fileExists(path)
  host.readFile = (path) => texts.get(resolve(path)) ?? readFile(path)
  host.getSourceFile = (path, language, ...rest) => {
    const text = texts.get(resolve(path))
    return text === undefined ? getSourceFile(path, language, ...rest) : ts.createSourceFile(path, text, language, true)
  }
  const program = ts.createProgram([...texts.keys()], options, host)
  return [...texts.keys()].flatMap((path) => {
    const source = program.getSourceFile(path)
    return ts.getPreEmitDiagnostics(program, source).map((diagnostic) => describe(diagnostic, path))
  })
}

function compilerOptions(workspaceRoot: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(resolve(workspaceRoot, 'tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, workspaceRoot)
  // An example declares nothing for others, may leave a result unused, and runs where Node's types are at hand.
  return {
    ...options,
    types: ['node'],
    typeRoots: [resolve(workspaceRoot, 'tools/compliance/node_modules/@types')],
    jsx: ts.JsxEmit.ReactJSX,
    jsxImportSource: 'preact',
    isolatedDeclarations: false,
    declaration: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  }
}

function describe(diagnostic: ts.Diagnostic, path: string): string {
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')
  const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0
  return `${path}:${line + 1}: ${message}`
}
