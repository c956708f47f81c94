// What a module imports, read from its syntax: type imports told apart from those that load something. Pure.
import { posix } from 'node:path';
import ts from 'typescript';

export interface ImportEdge {
  from: string;
  /** A path of the repository for a relative import, else the name as written (`zod/mini`, `node:fs`). */
  to: string;
  /** Erased by the compiler: nothing is loaded. */
  typeOnly: boolean;
}

/** Static and dynamic imports, re-exports and `import('x').T` types, in the order of the text. */
export function readImports(path: string, text: string): ImportEdge[] {
  const edges: ImportEdge[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    edges.push({ from: path, to: resolve(path, specifier.text), typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, loadsNothing(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly || onlyTypes(node.exportClause));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true));
  return edges;
}

const resolve = (from: string, specifier: string): string =>
  specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier;

/** `import type x` and `import { type a, type b }`; a bare `import 'x'` loads. */
function loadsNothing(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  return !clause.name && onlyTypes(clause.namedBindings);
}

function onlyTypes(names: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (!names || !(ts.isNamedImports(names) || ts.isNamedExports(names))) return false;
  return names.elements.length > 0 && names.elements.every((element) => element.isTypeOnly);
}
