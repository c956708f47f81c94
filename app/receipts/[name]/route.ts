// The receipts of benches as files of the site, for whoever wants to see what stands behind a figure: written when the site is built, as
// they lie in docs/receipts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const dynamic = 'force-static';
export const dynamicParams = false;

const FOLDER = join(process.cwd(), 'docs', 'receipts');

const list = (): string[] => readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

export const generateStaticParams = (): { name: string }[] => list().map((name) => ({ name }));

export async function GET(_request: Request, { params }: { params: Promise<{ name: string }> }): Promise<Response> {
  const { name } = await params;
  // Only what lies there: a name is no path.
  if (!list().includes(name)) return new Response(null, { status: 404 });
  return new Response(readFileSync(join(FOLDER, name), 'utf8'), { headers: { 'Content-Type': 'application/json' } });
}
