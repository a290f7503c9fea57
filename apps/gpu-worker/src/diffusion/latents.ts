// What happens to latents outside the networks: sampling, masks.

/** Host arrays of a latent Gaussian, equally long. */
export interface LatentMoments {
  readonly mean: Float32Array;
  readonly logvar: Float32Array;
}

/** mean + exp(logvar / 2) · noise */
export function sampleLatent({ mean, logvar }: LatentMoments, noise: Float32Array): Float32Array {
  if (noise.length !== mean.length) {
    throw new TypeError(`sampleLatent: expected ${mean.length} noise values, got ${noise.length}`);
  }
  return mean.map((value, i) => value + Math.exp((logvar[i] as number) / 2) * (noise[i] as number));
}
