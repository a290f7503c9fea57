import { describe, expect, it } from 'vitest';
import { rewriteByRules } from './rules.ts';

const reworded = (prompt: string): string | null =>
  rewriteByRules({ prompt, kind: 'edit', family: 'embedded' }).enhanced;

describe('the rules read edits of the whole photo', () => {
  it.each([
    ['B&W', 'make it black and white'],
    ['Could you turn this photo into black-and-white, please?', 'make it black and white'],
    ['get rid of the color', 'make it black and white'],
    ['make it look like winter', 'make it winter'],
    ['What would this look like in the fall?', 'make it autumn'],
    ['give me golden hour vibes', 'make it sunset'],
    ['it is way too dark', 'make it much brighter'],
    ["I'd like the colors to pop", 'make it more vivid'],
    ['Draw it by hand', 'turn it into a pencil sketch'],
    ['as a watercolor', 'turn it into a painting'],
    ['paint the sky rose', 'make the sky pink'],
    ['replace the sky with a stormy one', 'make the sky dramatic'],
    ['deblur this', 'make it sharper'],
    ["please don't touch it", 'keep it as it is'],
    ['去色', '把照片变成黑白'],
    ['请帮我P成黑白照', '把照片变成黑白'],
    ['天空弄成粉红色', '把天空变成粉色'],
    ['下雪', '把照片变成冬天'],
    ['能不能把白天变成晚上？', '把照片变成夜晚'],
    ['照片太暗了', '让照片更亮'],
    ['火烧云', '把天空变成橙色'],
    ['做旧', '把照片变成复古'],
    ['虚化', '让照片更模糊'],
    ['什么都别动', '保持原样'],
  ])('words %s as %s', (prompt, expected) => {
    expect(reworded(prompt)).toBe(expected);
  });
});

describe('the rules read edits of one object', () => {
  it.each([
    ['get rid of the car', 'remove the car'],
    ['remove that dog', 'remove the dog'],
    ['Can you erase the puppies from my photo?', 'remove the puppy'],
    ['take the parasol away', 'remove the umbrella'],
    ["I don't want the balloon in the picture", 'remove the balloon'],
    ['make the ship disappear', 'remove the ship'],
    ['no bikes', 'remove the bike'],
    ['take off the baseball cap', 'remove the hat'],
    ['the cup should be gone', 'remove the cup'],
    ['edit out that bird', 'remove the bird'],
    ['把那条狗弄走', '把狗去掉'],
    ['我不想看到那只猫', '把猫去掉'],
    ['P掉车', '把车去掉'],
    ['请删除照片里的小汽车', '把小汽车去掉'],
    ['让气球消失', '把气球去掉'],
    ['不要椅子', '把椅子去掉'],
    ['抠掉这顶礼帽', '把帽子去掉'],
    ['把单车擦掉', '把单车去掉'],
  ])('takes %s for a removal: %s', (prompt, expected) => {
    expect(reworded(prompt)).toBe(expected);
  });

  it.each([
    ['make the cars crimson', 'make the car red'],
    ['Could you please make the puppy dark blue?', 'make the puppy blue'],
    ["change the bus's color to lime", 'make the bus green'],
    ['paint the chair in jet black', 'make the chair black'],
    ['a golden apple', 'make the apple yellow'],
    ['I want the flower to be lilac', 'make the flower purple'],
    ['turn the kitty white', 'make the cat white'],
    ['recolor the mug hot pink', 'make the mug pink'],
    ['把车变红', '把车变成红色'],
    ['把雨伞染成紫的', '把雨伞变成紫色'],
    ['把自行车的颜色换成墨绿色', '把自行车变成绿色'],
    ['红色的气球', '把气球变成红色'],
    ['猫咪要雪白的', '把猫变成白色'],
    ['给帽子换个天蓝色', '把帽子变成蓝色'],
    ['杯子涂成大红色', '把杯子变成红色'],
    ['让这朵花变成桃红色', '把花变成粉色'],
  ])('takes %s for another colour: %s', (prompt, expected) => {
    expect(reworded(prompt)).toBe(expected);
  });
});

describe('the rules for the embedded edit model', () => {
  it.each([
    ['make it a tiny bit warmer', 'make it slightly warmer'],
    ['very very dark please', 'make it much darker'],
    ['a lot of snow', 'add a lot of snow'],
    ['subtle sepia tone', 'make it slightly sepia'],
    ['slightly autumnal', 'make it autumn, just a little'],
    ['亮一点', '让照片亮一点'],
    ['非常冷', '让照片冷很多'],
    ['稍微加点雾', '加一点雾'],
    ['大幅提高对比度', '大幅加强对比度'],
    ['淡淡的复古感', '把照片变成复古，稍微一点'],
  ])('keeps the strength of %s', (prompt, expected) => {
    expect(reworded(prompt)).toBe(expected);
  });

  it.each([
    ['a snowy night', 'make it a snowy night'],
    ['make it night and let it snow', 'make it a snowy night'],
    ['make it black and white and blurry', 'make it black and white and make it blurrier'],
    ['too dark, brighten it up', 'make it brighter'],
    ['雪夜', '变成下雪的夜晚'],
    ['加雾，然后变成晚上', '变成有雾的夜晚'],
    ['变暖，再调亮', '让照片更暖，让照片更亮'],
  ])('reads two edits of %s as %s', (prompt, expected) => {
    expect(reworded(prompt)).toBe(expected);
  });

  it('answers a mixed prompt in the language that names the edit', () => {
    expect(reworded('make it 黑白')).toBe('把照片变成黑白');
    expect(reworded('把photo变成vintage')).toBe('make it vintage');
    expect(reworded('把dog变成red')).toBe('make the dog red');
    expect(reworded('把dog变成红色')).toBeNull();
  });
});

describe('what the rules do not understand', () => {
  it.each([
    'make the dog wear a hat',
    'add a red car',
    '加一辆红色的车',
    'remove the red car',
    'turn the car into a bus',
    'replace the cat with a dog',
    "don't make it darker",
    "don't remove the dog",
    '不要删掉狗',
    'make it night and remove the dog',
    'turn night into day',
    'remove the snow',
    'it is a bit dark',
    '照片有点暗',
    '增加像素',
    'slightly but very warm',
    'make the background blurry',
    'a castle on a hill',
    'rends-le plus chaud',
    'сделай темнее',
    '写真を白黒にして',
    'make it',
    'not snowy',
  ])('is left alone: %s', (prompt) => {
    expect(reworded(prompt)).toBeNull();
  });
});

describe('what the rules say', () => {
  it('is that a plain wording needs no rewording', () => {
    expect(rewriteByRules({ prompt: 'make it warmer', kind: 'edit', family: 'embedded' })).toEqual({
      enhanced: null,
      notes: ['Already in words that the model knows.'],
      isSettled: true,
    });
  });

  it('is how they read the prompt', () => {
    const { notes } = rewriteByRules({ prompt: 'a bit of mist', kind: 'edit', family: 'embedded' });
    expect(notes).toEqual(['Read as: fog (slight).']);
  });
});

describe('the rules for other models', () => {
  it('only clean the prompt and add what nobody wants to see', () => {
    const rewrite = rewriteByRules({
      prompt: ' a  castle\u200B ',
      kind: 'generate',
      family: 'stable-diffusion',
    });
    expect(rewrite.enhanced).toBe('a castle');
    expect(rewrite.negative).toContain('low quality');
    expect(rewriteByRules({ prompt: 'B&W', kind: 'edit', family: 'instruct-pix2pix' }).enhanced).toBeNull();
  });

  it.each([
    ['blur the background', 'blurry'],
    ['a poster with the word OPEN', 'text'],
    ['一只章鱼', 'extra limbs'],
  ])('never forbid what the prompt %s asks for', (prompt, term) => {
    const { negative } = rewriteByRules({ prompt, kind: 'generate', family: 'stable-diffusion' });
    expect(negative?.split(', ')).not.toContain(term);
    expect(negative).toContain('watermark');
  });
});
