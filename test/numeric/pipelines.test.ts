import { describe, it } from 'vitest';
import { checkPipeline } from '../../verify/pipelines.ts';
import { expectGolden } from './expect-golden.ts';

describe('pipelines under recorded noise reproduce the reference', () => {
  it('editing by instruction', () => expectGolden(checkPipeline, 'pipeline_ip2p', 26));
  it('text to image, image to image, inpainting with a 4-channel network', () =>
    expectGolden(checkPipeline, 'pipeline_sd15', 53));
  it('inpainting with a 9-channel network', () => expectGolden(checkPipeline, 'pipeline_inpaint', 19));
});
