// What finds things by their names, whichever model does it.
import type { Raster } from '../image/raster.ts';
import type { Box } from './boxes.ts';

/** Something that was found. */
export interface Detection {
  /** The query that it answers, as it was given. */
  readonly label: string;
  /** How sure the model is, 0 to 1. */
  readonly score: number;
  /** In pixels of the picture, within it. */
  readonly box: Box;
}

/** Which detections are told. */
export interface DetectOptions {
  /** Least score. Absent: the model's own. */
  readonly threshold?: number | undefined;
  /** Most detections. Default 100. */
  readonly limit?: number | undefined;
}

/** Most detections that are told unless a caller says another number. */
export const defaultLimit = 100;

/** A model that finds things by their names. */
export interface Detector {
  /** Where the model lies. */
  readonly folder: string;
  /** What the queries name, the surest first; a query that the model does not know finds nothing. */
  detect(raster: Raster, queries: readonly string[], options?: DetectOptions): Promise<Detection[]>;
  /**
   * Finds drawn things and things that were laid over a photo, too, and is less to be trusted with photos as they are: for those who
   * would rather act on a doubtful answer than on none. Absent: there is none.
   */
  readonly finder?: Detector | undefined;
  /** Queries that it can never find anything for. Absent: it takes any words. */
  unknownQueries?(queries: readonly string[]): string[];
}
