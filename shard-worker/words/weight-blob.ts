// Which bytes of which files a slice's weights are: laid out where the graph is cut, fetched where files are read.

/** A run of bytes to fetch. Tensors that lie side by side in a file are one part, named after the first. */
export interface BlobPart {
  /** '' is the graph file itself, else an external location as the graph writes it. */
  file: string;
  offset: number;
  length: number;
  /** Where the bytes go in the blob. */
  blobOffset: number;
  tensor: string;
}

/** External data for the runtime: give it as `{ path: location, data }`. Equal parts mean equal bytes. */
export interface WeightBlob {
  location: string;
  size: number;
  parts: BlobPart[];
}
