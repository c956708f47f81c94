// Runs in a page: a plot as the text of an SVG that stands for itself, on a background of its own.
import * as Plot from '@observablehq/plot';
import type { PlotAxis, PlotPanel, PlotSeries, PlotSpec } from './plot-spec.ts';

declare global {
  interface Window {
    drawPlot(spec: PlotSpec): string;
  }
}

const PANEL_WIDTH = 430;
const PANEL_HEIGHT = 300;
const MARGIN = 16;
const TITLE_HEIGHT = 34;
const LEGEND_LINE = 18;
const INK = '#1b1f24';
const PAPER = '#ffffff';
/** Okabe and Ito's colours, which people of any sight tell apart. */
const MEASURED = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];
const OTHERS = { baseline: '#7a828c', bound: '#1b1f24' };
const DASHES = { measured: '', baseline: '6 3', bound: '2 3' };

type Styled = PlotSeries & { colour: string };

function styled(series: readonly PlotSeries[]): Styled[] {
  let measured = 0;
  return series.map((each) => ({
    ...each,
    colour: each.role === 'measured' ? MEASURED[measured++ % MEASURED.length]! : OTHERS[each.role],
  }));
}

function lineMarks(series: readonly Styled[]): Plot.Markish[] {
  return series.flatMap(({ points, colour, role }) => [
    Plot.ruleX(
      points.filter(({ low }) => low !== undefined),
      { x: 'x', y1: 'low', y2: 'high', stroke: colour, strokeOpacity: 0.5 },
    ),
    Plot.lineY(points, { x: 'x', y: 'y', stroke: colour, strokeWidth: 2, strokeDasharray: DASHES[role] }),
    ...(role === 'bound' ? [] : [Plot.dot(points, { x: 'x', y: 'y', fill: colour, r: 3 })]),
  ]);
}

function barMarks(series: readonly Styled[]): Plot.Markish[] {
  const rows = series.flatMap(({ name, points, colour }) => points.map((point) => ({ ...point, name, colour })));
  return [
    Plot.barY(rows, { fx: 'x', x: 'name', y: 'y', fill: (row) => row.colour }),
    Plot.ruleX(
      rows.filter(({ low }) => low !== undefined),
      { fx: 'x', x: 'name', y1: 'low', y2: 'high', stroke: INK },
    ),
  ];
}

/** Powers are seldom what was measured: a logarithmic axis is marked where the points are. */
function lineAxis({ label, type = 'linear' }: PlotAxis, series: readonly PlotSeries[]): Plot.ScaleOptions {
  const measured = new Set(series.flatMap(({ points }) => points.map(({ x }) => x)));
  const ticks = type === 'log' ? [...measured] : 6;
  return { label, labelAnchor: 'center', type, ticks, tickFormat: (at) => String(at) } as Plot.ScaleOptions;
}

function drawPanel(panel: PlotPanel, { x: common, y }: PlotSpec, colours: readonly Styled[]): SVGSVGElement {
  const { title, series, aim, x = common } = panel;
  const isBars = typeof series[0]?.points[0]?.x === 'string';
  const own = colours.filter(({ name }) => series.some((each) => each.name === name));
  const withPoints = own.map((each) => ({ ...each, points: series.find(({ name }) => name === each.name)!.points }));
  const zero = (y.zero ?? true) && y.type !== 'log';
  const marks = [
    Plot.frame({ stroke: '#c8ccd1' }),
    ...(isBars ? barMarks(withPoints) : lineMarks(withPoints)),
    ...(aim
      ? [
          Plot.ruleY([aim.y], { stroke: INK, strokeDasharray: '4 4' }),
          Plot.text([aim], {
            ...{ y: 'y', text: 'label', frameAnchor: 'right', textAnchor: 'end', dx: -4, dy: -7, fill: INK },
            ...{ stroke: PAPER, strokeWidth: 4 },
          }),
        ]
      : []),
    ...(zero ? [Plot.ruleY([0])] : []),
  ];
  return Plot.plot({
    width: PANEL_WIDTH,
    height: PANEL_HEIGHT,
    marginLeft: 56,
    marginTop: 34,
    marginBottom: 44,
    style: { background: PAPER, color: INK, fontFamily: 'system-ui, sans-serif', fontSize: '12px' },
    x: isBars ? { axis: null } : lineAxis(x, series),
    ...(isBars ? { fx: { label: x.label } } : {}),
    y: { label: [y.label, title].filter(Boolean).join(' · '), type: y.type ?? 'linear', grid: true, ticks: 6 },
    marks,
  }) as SVGSVGElement;
}

function textAt(x: number, y: number, text: string, weight = 400): SVGTextElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', 'text');
  Object.entries({
    x,
    y,
    fill: INK,
    'font-family': 'system-ui, sans-serif',
    'font-size': 13,
    'font-weight': weight,
  }).map(([name, value]) => element.setAttribute(name, String(value)));
  element.textContent = text;
  return element;
}

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

window.drawPlot = (spec) => {
  const names = new Map(spec.panels.flatMap(({ series }) => series).map((series) => [series.name, series]));
  const series = styled([...names.values()]);
  const top = TITLE_HEIGHT + series.length * LEGEND_LINE;
  const width = spec.panels.length * (PANEL_WIDTH + MARGIN) + MARGIN;
  const height = top + PANEL_HEIGHT + MARGIN;
  const svg = shape('svg', { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}` });
  svg.append(shape('rect', { width, height, fill: PAPER, rx: 6 }), textAt(MARGIN, 24, spec.title, 600));
  for (const [at, { name, colour, role }] of series.entries()) {
    const y = TITLE_HEIGHT + at * LEGEND_LINE + 8;
    const [x1, x2] = [MARGIN, MARGIN + 26];
    svg.append(
      shape('line', { x1, x2, y1: y, y2: y, stroke: colour, 'stroke-width': 3, 'stroke-dasharray': DASHES[role] }),
      textAt(x2 + 8, y + 4, name),
    );
  }
  for (const [at, panel] of spec.panels.entries()) {
    const drawn = drawPanel(panel, spec, series);
    drawn.setAttribute('x', String(MARGIN + at * (PANEL_WIDTH + MARGIN)));
    drawn.setAttribute('y', String(top));
    svg.append(drawn);
  }
  return `${svg.outerHTML}\n`;
};
