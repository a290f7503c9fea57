import type { LicenceNote } from './licence.ts';
import { fileSource, type PhotoSource } from './photo-sources.ts';

interface VisionPhoto {
  readonly path: string;
  /** What it shows. */
  readonly caption: string;
  readonly note: LicenceNote;
}

const openCv: LicenceNote = {
  licence: 'Apache-2.0',
  author: 'the OpenCV authors (single pictures unstated)',
};
const kivy: LicenceNote = { licence: 'MIT', author: 'the Kivy authors' };
const psychtoolbox: LicenceNote = { licence: 'MIT', author: 'the Psychtoolbox authors' };
const labelme: LicenceNote = { licence: 'GPL-3.0+', author: 'Kentaro Wada (single pictures unstated)' };

const openCvData = 'usr/share/doc/opencv-doc/examples/data';
const cats = 'usr/share/gnome-taquin/themes/cats';
const kivyExamples = 'usr/share/kivy-examples';
const psychtoolboxRoot = 'usr/share/psychtoolbox-3';
const demos = `${psychtoolboxRoot}/PsychDemos`;
const stimuli = `${demos}/PsychExampleExperiments/OldNewRecognition/stims`;
const eyelink = `${psychtoolboxRoot}/PsychHardware/EyelinkToolbox/EyelinkDemos`;
const labelmeExamples = 'usr/share/doc/labelme-examples/examples';

function catBy(author: string, licence = 'CC-BY-SA-3.0'): LicenceNote {
  return { licence, author: `${author}, Wikimedia Commons` };
}

/** Photos on which only finding things is measured: none is trained on, and no edit's figure rests on them. */
const photosOf: Readonly<Record<string, readonly VisionPhoto[]>> = {
  'opencv-doc': [
    { path: `${openCvData}/messi5.jpg`, caption: 'footballer and a ball', note: openCv },
    { path: `${openCvData}/licenseplate_motion.jpg`, caption: 'back of a car, blurred', note: openCv },
    { path: `${openCvData}/left.jpg`, caption: 'two books on the floor', note: openCv },
  ],
  'gnome-taquin': [
    { path: `${cats}/1-Cat_face_day.jpg`, caption: 'grey and white cat', note: catBy('Abelard') },
    { path: `${cats}/1-Jasmina.jpg`, caption: 'grey cat', note: catBy('Ruskis') },
    { path: `${cats}/1-maine.jpg`, caption: 'long-haired cat', note: catBy('Mueller-rech.muenchen') },
    { path: `${cats}/1-march.jpg`, caption: 'tabby cat before white', note: catBy('Alvesgaspar') },
    { path: `${cats}/1-Tortoiseshell.jpg`, caption: 'sitting cat', note: catBy('Toyah', 'PD') },
  ],
  'labelme-examples': [
    {
      path: `${labelmeExamples}/semantic_segmentation/data_annotated/2011_000025.jpg`,
      caption: 'orange bus',
      note: labelme,
    },
    {
      path: `${labelmeExamples}/video_annotation/data_annotated/00000100.jpg`,
      caption: 'truck in a street',
      note: labelme,
    },
    {
      path: `${labelmeExamples}/classification/data_annotated/0001.jpg`,
      caption: 'lying kitten',
      note: labelme,
    },
    {
      path: `${labelmeExamples}/classification/data_annotated/0002.jpg`,
      caption: 'black dog',
      note: labelme,
    },
    { path: `${labelmeExamples}/tutorial/apc2016_obj3.jpg`, caption: 'shelf with objects', note: labelme },
  ],
  'python-kivy-examples': [
    {
      path: `${kivyExamples}/demo/pictures/images/faust_github.jpg`,
      caption: 'cat behind a cup',
      note: kivy,
    },
    { path: `${kivyExamples}/canvas/kiwi.jpg`, caption: 'kiwi fruits', note: kivy },
  ],
  'psychtoolbox-3-common': [
    {
      path: `${demos}/OpenGL4MatlabDemos/MorphDemo/TeapotTexture.jpg`,
      caption: 'apples',
      note: psychtoolbox,
    },
    { path: `${demos}/konijntjes1024x768.jpg`, caption: 'two rabbits in a basket', note: psychtoolbox },
    { path: `${stimuli}/stim4.jpg`, caption: 'rabbits in a pink toy car', note: psychtoolbox },
    { path: `${stimuli}/stim5.jpg`, caption: 'rabbit on a cage', note: psychtoolbox },
    { path: `${eyelink}/SR-ResearchDemo/town.jpg`, caption: 'town with cars', note: psychtoolbox },
  ],
};

/** The photos of one package for finding things; unknown packages have none. */
export function visionPhotos(packageName: string, folder: string): PhotoSource[] {
  return (photosOf[packageName] ?? []).map(({ path, caption, note }) => ({
    ...fileSource(packageName, folder, path, note),
    caption,
    split: 'vision' as const,
  }));
}
