/** Chinese sentence frames that many edits share; each returns templates in the notation of notation.ts, those with `!` always taught. */

interface ToneWords {
  /** Adjectives that can be graded: `暖|温暖`. */
  readonly base: string;
  /** Verbs with their result, after 把…: `调暖`; empty when there is none. */
  readonly result: string;
  /** Whole commands: `提高亮度`. */
  readonly verbs: readonly string[];
}

/** Grading edits: "把照片调得更暖". */
export function toneFrames({ base, result, verbs }: ToneWords): readonly string[] {
  return [
    `把{it}(变得|调得){cmp:(${base})}`,
    `把{it}(弄得|做得|改得){cmp:(${base})}`,
    `!让{it}{cmp:(${base})}`,
    `让{it}(变得|看起来){cmp:(${base})}`,
    `使{it}(变得|显得){cmp:(${base})}`,
    `!把{it}{res:(${result})}`,
    `将{it}{res:(${result})}`,
    `{res:(${result})}{it}`,
    `~{it}{res:(${result})}`,
    `~{res:(${result})}`,
    `!~{cmp:(${base})}`,
    `~{it}(要|应该|需要){cmp:(${base})}`,
    `~{it}{cmp:(${base})}`,
    `~(我想让|我希望|我要){it}{cmp:(${base})}`,
    `~(整体|整张){cmp:(${base})}`,
    `~(变得|调得){cmp:(${base})}`,
    `~(再|要){cmp:(${base})}`,
    ...verbs.map((verb) => `{adv:${verb}}`),
  ];
}

interface StyleWords {
  /** Names of the style: `黑白|单色`. */
  readonly base: string;
  /** Things: `黑白照片|黑白图片`. */
  readonly thing: string;
  readonly short: readonly string[];
}

/** Changes of medium or look: "把照片变成黑白". */
export function styleFrames({ base, thing, short }: StyleWords): readonly string[] {
  return [
    `!把{it}变成(${base})[的]`,
    `把{it}变成(${thing})`,
    `把{it}P成(${thing}|${base})[的]`,
    `把{it}(改成|换成|弄成)(${base})[的]`,
    `把{it}(转成|转换成|转为)(${thing}|${base})`,
    `将{it}(变成|改成|转为)(${thing}|${base})`,
    `把{it}(处理成|做成){a:(${base})(效果|风格)}`,
    `让{it}变成(${thing}|${base})`,
    `让{it}看起来像(${thing})`,
    `给{it}(加|加上|加个|用){a:(${base})(滤镜|效果)}`,
    `(使用|应用|套用){a:(${base})(滤镜|效果)}`,
    `(加|加上|添加){a:(${base})(滤镜|效果)}`,
    `(改成|换成|变成)(${thing}|${base})`,
    `用(${base})(风格|效果)(显示|呈现){it}`,
    `做一张(${thing})`,
    `~{it}(变|变成|改成)(${base})`,
    `~{it}(要|要做成)(${base})的`,
    `~(我想要|我要){a:(${base})(效果|风格)}`,
    `~(我想要|我要)(${thing})`,
    `~(我想让|我希望){it}变成(${thing}|${base})`,
    `~{a:(${base})(效果|风格|滤镜)}`,
    `~像(${thing})[一样]`,
    ...short.map((words, i) => `${i < 2 ? '!' : ''}~${words}`),
  ];
}

interface SceneWords {
  /** Hour, season or weather: `冬天|冬季`. */
  readonly time: string;
  /** Scenes: `冬天的景色|雪景`. */
  readonly scene: string;
  /** What is changed: `季节`. */
  readonly kind: string;
  readonly short: readonly string[];
}

/** Changes of season, hour and weather: "把白天变成夜晚". */
export function sceneFrames({ time, scene, kind, short }: SceneWords): readonly string[] {
  return [
    `!把{it}变成(${time})[的样子]`,
    `把{it}变成(${scene})`,
    `把{it}P成(${time}|${scene})`,
    `把{it}(改成|换成|弄成)(${time}|${scene})`,
    `将{it}(变成|改成|转为)(${time}|${scene})`,
    `让{it}{cmp:像(${time})}`,
    `把(${kind})(改成|换成|变成|调成)(${time})`,
    `让{it}变成(${time}|${scene})`,
    `让{it}看起来像(${time}|${scene})`,
    `让{it}(有|带有)(${time})的(感觉|气氛|氛围)`,
    `(变成|改成|换成)(${time}|${scene})`,
    `给{it}{a:(${time})的(感觉|气氛|效果)}`,
    `(加|加上|添加){a:(${time})(效果|气氛)}`,
    `做成(${time}|${scene})[的样子]`,
    `~{it}(变|变成|改成)(${time})`,
    `~(我想要|我要)(${time})的{photo}`,
    `~(我想要|我要)(${scene})`,
    `~(我想让|我希望){it}(变成|是)(${time})`,
    `~像[在|是](${time})[一样]`,
    `~(${time})的(感觉|样子|效果|气氛)`,
    `~(${time})的{photo}`,
    `~{it}在(${time})(会|是)什么样`,
    ...short.map((words, i) => `${i < 2 ? '!' : ''}~${words}`),
  ];
}

/** Changes of the sky alone; `base` is a colour or a mood, each usable before 的. */
export function skyFrames(base: string): readonly string[] {
  return [
    `!把天空变成(${base})[的]`,
    `把天空(改成|换成|调成|弄成)(${base})[的]`,
    `将天空(变成|改成|换成)(${base})[的]`,
    `把天(变成|改成)(${base})[的]`,
    `让天空变成(${base})[的]`,
    `让天空{cmp:(${base})}`,
    `把天空(变得|调得){cmp:(${base})}`,
    `让天空看起来{adj:(${base})}`,
    `把{it}(里|中)的天空变成(${base})[的]`,
    `把{it}(里|中)的天空(改成|换成)(${base})[的]`,
    `把{it}的天空(变成|改成|换成)(${base})[的]`,
    `给{it}(换|加|换上|加上)(${base})的天空`,
    `(换|换上|加上)(${base})的天空`,
    `换成(${base})的天空`,
    `!~(${base})[的]天空`,
    `~天空(${base})`,
    `~天空(变成|改成|换成|要)(${base})[的]`,
    `~(我想要|我要){adj:(${base})}的天空`,
    `~(我想让|我希望)天空(变成|是)(${base})[的]`,
    `~天空(应该|需要)(是|变成)(${base})的`,
    `~天空{cmp:(${base})}`,
    `~天空能(变成|改成)(${base})的吗`,
  ];
}
