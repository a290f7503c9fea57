import type { BinaryMask } from '@darkroom/gpu-worker/vision/binary-mask';
import { describe, expect, test } from 'vitest';
import { firstClick, nextClick } from './clicks.ts';

/** A mask from lines of dots (outside) and hashes (inside). */
function maskOf(...lines: readonly string[]): BinaryMask {
  const data = Uint8Array.from(lines.join(''), (sign) => Number(sign === '#'));
  return { width: (lines[0] as string).length, height: lines.length, data };
}

const wanted = maskOf(
  '........', //
  '.###....',
  '.###....',
  '.###....',
  '........',
  '......##',
);

describe('clicks', () => {
  test('begin in the middle of the thing', () => {
    expect(firstClick(wanted)).toEqual({ x: 2.5, y: 2.5, isInside: true });
    expect(firstClick(maskOf('...', '...'))).toBeUndefined();
  });

  test('go on in the middle of the largest part that was left out', () => {
    const answer = maskOf(
      '........', //
      '........',
      '........',
      '........',
      '........',
      '.......#',
    );
    expect(nextClick(wanted, answer)).toEqual({ x: 2.5, y: 2.5, isInside: true });
  });

  test('or of the largest part that was taken too much, outside of the thing', () => {
    const answer = maskOf(
      '.....###', //
      '.###.###',
      '.##..###',
      '.###....',
      '........',
      '........',
    );
    expect(nextClick(wanted, answer)).toEqual({ x: 6.5, y: 1.5, isInside: false });
  });

  test('end where nothing is wrong', () => {
    expect(nextClick(wanted, wanted)).toBeUndefined();
  });
});
