// Where schemas are declared that may stand beside those of `protocol/http`: page and server take the shapes of `/api` from
// there, so neither needs zod itself. Pure: text in, sentences out.
import ts from 'typescript';

/** Folders of page and server, which both speak `/api`. */
const SPEAKERS = /^(app|signaling)\//;

/** Files and folders that declare schemas of other things, each with what these are. */
export const MAY_DECLARE: Record<string, string> = {
  'app/chat/talk-file.ts': 'a file of conversations that a person brings',
  'app/earn/shapes.ts': 'markets and what operators have earned, under /v1',
  'app/pay/shapes.ts': 'offers of x402 and paid sessions, under /v1, and what a browser keeps of them',
  'app/embed/read-host-message.ts': 'the words of a page that shows the chat in a frame',
  'signaling/openai/': 'the words of OpenAI’s API, under /v1',
  'signaling/payments/workflow-shape.ts': 'workflows in the shape of KeeperHub: files',
  'signaling/batches/': 'files and batches in OpenAI’s words, under /v1',
  'signaling/http/describe-routes.ts': 'OpenAI’s error, under /v1',
  'signaling/http/describe-shapes.ts': 'declares none: hands those of protocol/http to the document',
  'signaling/config/parse-json-value.ts': 'options of the command line',
  'signaling/chain/read-chain.ts': 'the file that the deploy script writes',
  'signaling/db/lock-folder.ts': 'the text of a lock file',
  'signaling/control/peer-broker.ts': 'the words of PeerJS, on its own socket',
};

/** The door of `MAY_DECLARE` that a file goes through. */
export const doorOf = (path: string): string | undefined =>
  Object.keys(MAY_DECLARE).find((door) => path === door || (door.endsWith('/') && path.startsWith(door)));

/** One sentence per way to a schema maker in a file of page or server that no door leads to. */
export function findSecondShapes(path: string, text: string): string[] {
  if (!SPEAKERS.test(path) || doorOf(path)) return [];
  return findSchemaMakers(path, text).map(
    (maker) => `${path} takes ${maker}: a shape of /api is declared in protocol/http, once for page and server`,
  );
}

/** Packages and names that a file could declare a schema with. Types make none. */
export function findSchemaMakers(path: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && !node.importClause?.isTypeOnly) {
      found.push(...makersOf(node.moduleSpecifier, namesOf(node.importClause)));
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && !node.isTypeOnly) {
      const names = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : undefined;
      found.push(...makersOf(node.moduleSpecifier, names ? names.map(sourceName) : ['*']));
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0]) {
      found.push(...makersOf(node.arguments[0], ['*']));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true));
  return found;
}

/** Whatever comes from zod makes schemas; the package that documents routes hands on a copy of it. */
function makersOf(specifier: ts.Expression, names: readonly string[]): string[] {
  const from = ts.isStringLiteralLike(specifier) ? specifier.text : '';
  if (/^zod(\/|$)/.test(from)) return [from];
  if (from !== '@hono/zod-openapi') return [];
  return names.filter((name) => name === 'z' || name === '*').map((name) => `${name} of ${from}`);
}

function namesOf(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  if (!bindings) return clause?.name ? ['default'] : [];
  return ts.isNamespaceImport(bindings) ? ['*'] : bindings.elements.filter((each) => !each.isTypeOnly).map(sourceName);
}

const sourceName = ({ propertyName, name }: ts.ImportSpecifier | ts.ExportSpecifier): string =>
  (propertyName ?? name).text;
