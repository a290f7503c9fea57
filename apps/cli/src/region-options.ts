// Where in a photo something is: points, a box or words, as commands take them.
import { usageFault } from '@darkroom/gpu-worker/cli/usage-fault';

/** A click: on the thing meant, or beside it. */
export interface PointWish {
  readonly x: number;
  readonly y: number;
  /** 1 = on the thing meant, 0 = on what it is not. */
  readonly label: 0 | 1;
}

/** A place as a request says it. */
export interface PlaceWish {
  readonly text?: string;
  readonly points?: readonly PointWish[];
  readonly box?: readonly [number, number, number, number];
}

/** Options that say where; their values may begin with a minus. */
export const placeNumbers = ['--point', '--box'] as const;

export const PLACE_HELP = `  --point <x,y>            a point of the thing meant, in pixels from the photo's upper left corner; a minus before it
                           (-400,300) marks a point that is not of it; may be given several times
  --box <x0,y0,x1,y1>      a box around the thing meant, from its upper left to its lower right corner`;

const decimal = String.raw`\d+(?:\.\d+)?`;
const pointText = new RegExp(String.raw`^(-?)(${decimal}),\s*(${decimal})$`);
const boxText = new RegExp(`^${Array.from({ length: 4 }, () => `(${decimal})`).join(String.raw`,\s*`)}$`);

/** `350,450`, or `-400,300` for a point beside the thing. @throws invalid_request naming the option */
export function readPoints(texts: readonly string[] | undefined): PointWish[] | undefined {
  return texts?.map((text) => {
    const [, minus, x, y] = pointText.exec(text.trim()) ?? [];
    if (x === undefined || y === undefined)
      throw usageFault(`--point: expected two numbers such as 350,450, got "${text}"`, '--point');
    return { x: Number(x), y: Number(y), label: minus === '-' ? 0 : 1 };
  });
}

/** `x0,y0,x1,y1`. @throws invalid_request naming the option */
export function readBox(text: string | undefined): [number, number, number, number] | undefined {
  if (text === undefined) return undefined;
  const [, ...corners] = boxText.exec(text.trim()) ?? [];
  const [x0, y0, x1, y1] = corners.map(Number);
  if (x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined)
    throw usageFault(`--box: expected four numbers such as 20,30,200,240, got "${text}"`, '--box');
  if (x0 >= x1 || y0 >= y1)
    throw usageFault(
      `--box: expected its upper left corner before its lower right one, got "${text}"`,
      '--box',
    );
  return [x0, y0, x1, y1];
}
