import type { LicenceNote } from './licence.ts';
import { fileSource, type PhotoSource } from './photo-sources.ts';

interface EvaluationPackage {
  readonly note: LicenceNote;
  readonly root: string;
  /** What each file shows. */
  readonly captions: Readonly<Record<string, string>>;
}

/** Colour photographs of the evaluation packages: none of them is ever trained on. */
const evaluationPackages: Readonly<Record<string, EvaluationPackage>> = {
  'python3-skimage': {
    note: { licence: 'CC0-1.0', author: 'the scikit-image team and NASA, SpaceX' },
    root: 'usr/lib/python3/dist-packages/skimage/data',
    captions: {
      'astronaut.png': 'astronaut in an orange suit',
      'chelsea.png': 'face of a cat',
      'coffee.png': 'cup of coffee on a wooden table',
      'motorcycle_left.png': 'red motorcycle in a garage',
      'rocket.jpg': 'rocket on its launch pad at dusk',
    },
  },
  'python3-sklearn': {
    note: { licence: 'CC-BY-2.0', author: 'danielbuechele (china), vultilion (flower), Flickr' },
    root: 'usr/lib/python3/dist-packages/sklearn/datasets/images',
    captions: { 'china.jpg': 'chinese temple under a pale sky', 'flower.jpg': 'orange dahlia' },
  },
  darknet: {
    note: { licence: 'MIT', author: 'the darknet authors' },
    root: 'usr/share/darknet/data',
    captions: {
      'dog.jpg': 'dog and bicycle in front of a house',
      'eagle.jpg': 'eagle at the water',
      'giraffe.jpg': 'giraffe and zebra',
      'horses.jpg': 'horses on a dry meadow',
      'kite.jpg': 'beach with kites in the sky',
      'person.jpg': 'person with a dog and a horse',
    },
  },
  'opencv-doc': {
    note: { licence: 'Apache-2.0', author: 'the OpenCV authors (single pictures unstated)' },
    root: 'usr/share/doc/opencv-doc/examples',
    captions: {
      'alphamat/input_images/plant.jpg': 'potted plant',
      'data/aero1.jpg': 'town from the air',
      'data/aloeL.jpg': 'aloe plant',
      'data/apple.jpg': 'apple',
      'data/baboon.jpg': 'face of a baboon',
      'data/building.jpg': 'office building with trees',
      'data/butterfly.jpg': 'butterfly on a leaf',
      'data/chicky_512.png': 'laughing dog',
      'data/fruits.jpg': 'cut oranges, lemon and kiwi',
      'data/graf1.png': 'graffiti on a wall',
      'data/home.jpg': 'yellow church under a blue sky',
      'data/leuvenA.jpg': 'street of an old town',
      'data/orange.jpg': 'orange',
      'data/rubberwhale1.png': 'toys',
      'data/smarties.png': 'coloured sweets',
      'data/squirrel_cls.jpg': 'squirrel on a branch',
      'dnn_superres/butterfly.png': 'wing of a butterfly',
      'hfs/data/000.jpg': 'robin',
      'hfs/data/001.jpg': 'lake and forest',
      'hfs/data/002.jpg': 'tree on a green meadow',
      'reg/home.png': 'brick house',
      'text/scenetext01.jpg': 'parking sign at a street',
      'text/scenetext03.jpg': 'entrance of a copy centre',
      'text/scenetext04.jpg': 'yellow house',
      'text/scenetext06.jpg': 'yellow pub at a street',
    },
  },
};

/** The evaluation photos of one package; unknown packages have none. */
export function evaluationPhotos(packageName: string, folder: string): PhotoSource[] {
  const found = evaluationPackages[packageName];
  if (!found) return [];
  return Object.entries(found.captions).map(([name, caption]) => {
    const source = fileSource(packageName, folder, `${found.root}/${name}`, found.note);
    return { ...source, id: `${packageName}:${name.replace(/\.[a-z]+$/, '')}`, caption };
  });
}
