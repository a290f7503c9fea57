/** Things that COCO has no class for, with the classes that the detector takes them for: found by likeness. */
import { type NamedNoun, readNouns } from './noun-lines.ts';

const groups: Readonly<Record<string, string>> = {
  beast: 'dog+cat+horse+sheep+cow+bear+elephant+zebra+giraffe',
  bird: 'bird',
  fruit: 'apple+orange',
  pastry: 'sandwich+cake+pizza+donut+hot dog',
  vessel: 'bottle+vase+cup+bowl',
  lorry: 'truck+bus+car',
  plant: 'potted plant+vase',
  wheels: 'bicycle+motorcycle',
  glass: 'cell phone+laptop+tv',
};

/** Group, or classes: English words | Chinese words. */
const lines = `
beast: fox foxes | 狐狸
beast: wolf wolves | 狼
beast: lion lioness | 狮子
beast: tiger | 老虎
beast: leopard cheetah jaguar panther lynx | 豹子 猎豹 美洲豹 豹
beast: deer reindeer stag doe moose elk antelope gazelle | 鹿 小鹿 梅花鹿 驯鹿 麋鹿 羚羊
beast: goat billy_goat kid_goat | 山羊
beast: pig piglet hog swine boar wild_boar | 猪 小猪 野猪
beast: rabbit bunny bunnies hare | 兔子 小兔子 野兔 兔
beast: squirrel chipmunk | 松鼠 花栗鼠
beast: monkey ape gorilla chimpanzee orangutan gibbon baboon lemur | 猴子 大猩猩 黑猩猩 猩猩 猴 长臂猿 狐猴
beast: kangaroo wallaby | 袋鼠
beast: koala | 考拉 树袋熊
beast: red_panda raccoon badger skunk | 小熊猫 浣熊 獾
beast: seal sea_lion walrus otter beaver | 海豹 海狮 海象 水獭 河狸
beast: hippopotamus hippo rhinoceros rhino | 河马 犀牛
beast: camel dromedary llama alpaca | 骆驼 羊驼
beast: donkey mule | 驴 驴子 毛驴 骡子
beast: hamster hedgehog guinea_pig rat | 仓鼠 刺猬 豚鼠 老鼠
fruit: pear peach plum apricot pomegranate | 梨 梨子 桃子 桃 李子 杏子 石榴
fruit: tomato cherry cherries nectarine | 番茄 西红柿 樱桃
fruit: lemon lime mango grapefruit pomelo persimmon | 柠檬 青柠 芒果 柚子 柿子
pastry: bread loaf bagel croissant bun | 面包 羊角面包 百吉饼
pastry: pie tart cookie biscuit pancake waffle muffin pastry | 馅饼 饼干 曲奇 煎饼 松饼 华夫饼 点心
broccoli: cauliflower cabbage lettuce salad vegetable | 花菜 卷心菜 白菜 生菜 沙拉 蔬菜
vessel: jar jug pitcher pot can urn | 罐子 坛子 陶罐 锅 壶 易拉罐
vessel: bucket pail kettle teapot | 水桶 水壶 茶壶 桶
bowl: plate saucer tray | 盘子 碟子 托盘
lorry: tractor excavator bulldozer forklift | 拖拉机 挖掘机 推土机 叉车
lorry: ambulance camper caravan motorhome | 救护车 房车
airplane: helicopter chopper drone glider | 直升机 直升飞机 无人机 滑翔机
plant: flower bouquet rose tulip sunflower daisy lily orchid | 花 花朵 鲜花 玫瑰 玫瑰花 郁金香 向日葵 百合 兰花 花束
plant: cactus cacti bush shrub fern | 仙人掌 灌木 蕨类
wheels: tricycle unicycle | 三轮车 独轮车
chair+bicycle: wheelchair stroller pram | 轮椅 婴儿车
skis+snowboard: sled sledge sleigh toboggan | 雪橇
teddy bear: doll puppet plush soft_toy | 娃娃 玩偶 布娃娃
person: statue mannequin astronaut snowman | 雕像 人体模型 雪人
book: newspaper magazine booklet | 报纸 杂志
glass: tablet tablet_computer ipad e-reader | 平板电脑 平板
clock: watch wristwatch stopwatch compass | 手表 腕表 秒表 指南针
tie: scarf ribbon | 围巾 丝带
sports ball: balloon globe | 气球 地球仪
`;

/** Names of things that are found as what they resemble. */
export function lookAlikes(): NamedNoun[] {
  return readNouns(
    lines.replace(/^(\w+):/gm, (line, name: string) => `${groups[name] ?? line.slice(0, -1)}:`),
  );
}
