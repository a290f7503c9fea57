import { describe, expect, it } from 'vitest';
import { detectLanguage, foldText, normalisePrompt } from './normalise.ts';

describe('normalising a prompt', () => {
  it.each([
    ['collapses white space and control characters', ' make\tit \u0000 warmer\n', 'make it warmer'],
    ['takes full-width letters for plain ones', 'ｍａｋｅ　ｉｔ　ｗａｒｍ', 'make it warm'],
    ['straightens quotes', '“it’s” «too» dark', '"it\'s" "too" dark'],
    ['drops zero-width characters', 'ma\u200Bke\u2060 it\uFEFF wa\u00ADrmer', 'make it warmer'],
    ['drops marks that turn the reading order', '\u202Ereverse\u202C \u2066it\u2069', 'reverse it'],
    ['drops hidden tag characters and selectors', 'warm\u{E0041}\u{E0042}er\u{E0101}', 'warmer'],
    ['keeps an emoji family in one piece', 'add 👨‍👩‍👧 here', 'add 👨‍👩‍👧 here'],
    ['keeps full-width Chinese punctuation', '变亮，谢谢！', '变亮，谢谢！'],
    ['replaces half a surrogate pair', 'a\uD800b', 'a\uFFFDb'],
  ])('%s', (_, given, expected) => {
    expect(normalisePrompt(given)).toBe(expected);
    expect(normalisePrompt(expected)).toBe(expected);
  });

  it('folds accents, case and letters of other alphabets that look Latin', () => {
    expect(foldText('NАKED Βéach')).toBe('naked βeach');
    expect(foldText('nаkеd')).toBe('naked');
  });
});

describe('detecting the language', () => {
  it.each([
    ['make it warmer', 'en'],
    ['把照片变暖', 'zh'],
    ['把车P掉', 'zh'],
    ['用PS把狗去掉', 'zh'],
    ['把photo变成黑白', 'mixed'],
    ['写真を白黒にして', 'other'],
    ['сделай темнее', 'other'],
    ['اجعلها أغمق', 'other'],
    ['123 !?', 'other'],
  ])('of %s is %s', (text, language) => {
    expect(detectLanguage(text)).toBe(language);
  });
});
