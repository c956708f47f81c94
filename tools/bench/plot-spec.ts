// What a bench wants drawn of its figures. Kept in the receipt, so that a plot can be drawn again without measuring.

export interface PlotAxis {
  /** With its unit. */
  label: string;
  type?: 'linear' | 'log';
  /** Whether 0 must be in sight; true where nothing is said and the axis is linear. */
  zero?: boolean;
}

export interface PlotPoint {
  /** A number on a line, a word for a group of bars. */
  x: number | string;
  y: number;
  /** Range of the samples. */
  low?: number;
  high?: number;
}

export interface PlotSeries {
  name: string;
  /** What is measured, what it is compared with, or what physics allows. */
  role: 'measured' | 'baseline' | 'bound';
  points: PlotPoint[];
}

/** One frame with its axes; several of them stand side by side. */
export interface PlotPanel {
  title: string;
  series: PlotSeries[];
  /** Where it is not that of the others. */
  x?: PlotAxis;
  /** A line across: what was to be reached. */
  aim?: { y: number; label: string };
}

export interface PlotSpec {
  title: string;
  x: PlotAxis;
  y: PlotAxis;
  panels: PlotPanel[];
}
