import type { EditRequest, ObjectId } from '../edits.ts';
import type { Mask, Pixels } from '../pixels.ts';

/** A photo with what the data engine knows about it exactly, because it composed it. */
export interface Scene {
  readonly image: Pixels;
  /** Weight of the sky per pixel, from `skyMask(image)`; all zero where the picture has no sky. */
  readonly sky: Mask;
  /** The cut-out composed into the picture, where there is one. */
  readonly object?: SceneObject;
}

/** A cut-out with its exact alpha and the same picture before it was pasted in. */
export interface SceneObject {
  readonly id: ObjectId;
  readonly mask: Mask;
  readonly background: Pixels;
}

/** Produces the ideal answer to a request: pure, deterministic, the size of `scene.image`. */
export type Teacher = (scene: Scene, request: EditRequest) => Pixels;

/**
 * The object of a scene whose request needs one.
 * @throws TypeError where the scene has no object.
 */
export function requireObject(scene: Scene, request: EditRequest): SceneObject {
  if (scene.object !== undefined) return scene.object;
  throw new TypeError(`${request.id}: expected scene.object to be present, got a scene without an object`);
}
