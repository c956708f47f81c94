// The laboratory of the benches is what it says: all that two tabs send each other crosses the relay, and takes the time
// that it was told to take.
import { expect, type Page, test } from '@playwright/test';
import { LAB_FLAGS, type Lab, openLab } from '../bench/lab/open-lab.ts';
import { drawPlots } from '../tools/bench/draw-plots.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';

declare global {
  interface Window {
    pair: { connection: RTCPeerConnection; channel: RTCDataChannel; candidates: RTCIceCandidate[] };
  }
}

const DELAY_MS = 60;
/** A page that has nothing else to do answers within this; a busy machine is slow, and late is not what is tested. */
const SILENCE_MS = 400;

function prepare(): void {
  const connection = new RTCPeerConnection();
  const channel = connection.createDataChannel('x', { negotiated: true, id: 1, ordered: false, maxRetransmits: 0 });
  window.pair = { connection, channel, candidates: [] };
  connection.onicecandidate = ({ candidate }) => candidate && window.pair.candidates.push(candidate);
}

/** Descriptions with all candidates inside one way, candidates by themselves the other way. */
async function connect(asker: Page, answerer: Page): Promise<void> {
  const offer = await asker.evaluate(async () => {
    const { connection } = window.pair;
    await connection.setLocalDescription();
    while (connection.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 10));
    return connection.localDescription!.toJSON() as RTCSessionDescriptionInit;
  });
  const answer = await answerer.evaluate(async (description) => {
    const { connection, candidates } = window.pair;
    await connection.setRemoteDescription(description);
    await connection.setLocalDescription();
    const { sdp } = connection.localDescription!;
    while (connection.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 10));
    const bare = sdp.replace(/a=candidate.*\r\n/g, '');
    return { sdp: bare, candidates: candidates.map((each) => each.toJSON() as RTCIceCandidateInit) };
  }, offer);
  await asker.evaluate(async ({ sdp, candidates }) => {
    const { connection, channel } = window.pair;
    await connection.setRemoteDescription({ type: 'answer', sdp });
    for (const candidate of candidates) await connection.addIceCandidate(candidate);
    if (channel.readyState !== 'open') await new Promise((resolve) => channel.addEventListener('open', resolve));
  }, answer);
}

/** Milliseconds until the far side's echo is back; undefined when none comes. */
const echo = (asker: Page, timeoutMs: number): Promise<number | undefined> =>
  asker.evaluate(async (limitMs) => {
    const { channel } = window.pair;
    const startMs = performance.now();
    const back = new Promise<number>((resolve) => {
      channel.onmessage = () => resolve(performance.now() - startMs);
    });
    channel.send('ping');
    return Promise.race([back, new Promise<undefined>((resolve) => setTimeout(resolve, limitMs))]);
  }, timeoutMs);

test('every packet of a connection crosses the relay, in both directions', async () => {
  const browser = await launchBrowser({ executablePath: findBrowser()!.path, args: LAB_FLAGS });
  let lab: Lab | undefined;
  try {
    lab = await openLab(browser);
    const pages: Page[] = [];
    for (let index = 0; index < 2; index++) {
      const page = await (await lab.browser.newContext()).newPage();
      await page.goto('about:blank');
      await page.evaluate(prepare);
      pages.push(page);
    }
    const [asker, answerer] = pages as [Page, Page];
    await connect(asker, answerer);
    await answerer.evaluate(() => {
      const { channel } = window.pair;
      channel.onmessage = ({ data }) => channel.send(data);
    });
    await lab.reshape({ delayMs: DELAY_MS });
    await lab.reset();
    expect(await echo(asker, 10_000)).toBeGreaterThanOrEqual(2 * DELAY_MS);
    const { delay, received } = await lab.stats();
    expect(received).toBeGreaterThanOrEqual(2);
    expect(delay.p50Ms).toBeGreaterThanOrEqual(DELAY_MS);
    // With the relay shut nothing comes: there is no other way between the two.
    await lab.reshape({ lossRate: 1 });
    expect(await echo(asker, SILENCE_MS)).toBeUndefined();
    await lab.reshape({});
    expect(await echo(asker, 10_000)).toBeDefined();
    // A link may be treated by itself.
    await lab.reshapePair(0, 1, { delayMs: 2 * DELAY_MS });
    expect(await echo(asker, 10_000)).toBeGreaterThanOrEqual(4 * DELAY_MS);
  } finally {
    await lab?.close();
    await browser.close();
  }
});

test('a plot stands for itself: background, words and every series are in the SVG', async () => {
  const points = [10, 30].map((x) => ({ x, y: x + 50, low: x + 49, high: x + 60 }));
  const panel = { title: 'loss 1 %', series: [{ name: 'of the link', role: 'measured' as const, points }] };
  const spec = { title: 'Frames', x: { label: 'frame, KB' }, y: { label: 'one way, ms' }, panels: [panel] };
  const [svg] = await drawPlots([spec], findBrowser()!.path);
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  for (const words of ['Frames', 'frame, KB', 'one way, ms · loss 1 %', 'of the link']) expect(svg).toContain(words);
  expect(svg).toContain('fill="#ffffff"');
  // A point each.
  expect(svg!.match(/<circle/g)).toHaveLength(points.length);
});
