/** What people call the detector's classes, in English and Chinese. */
import { type NamedNoun, readNouns } from './noun-lines.ts';

/** Class: English words, then Chinese ones; `_` stands for a blank. English plurals follow by rule unless they are listed. */
const lines = `
person: person people human pedestrian man men woman women boy girl child children kid baby toddler guy lady gentleman adult teenager crowd player footballer soccer_player rider cyclist skier surfer walker tourist musician singer worker bride groom someone somebody | 人 人物 人类 行人 路人 男人 男子 男士 男性 女人 女子 女士 女性 男孩 女孩 男孩子 女孩子 小男孩 小女孩 孩子 小孩 儿童 婴儿 宝宝 老人 老奶奶 老爷爷 大人 成人 人群 人们 运动员 球员 足球运动员 骑手 骑车人 游客 模特 新娘 新郎 宇航员
bicycle: bicycle bike cycle pushbike | 自行车 单车 脚踏车
car: car automobile auto sedan suv hatchback convertible sports_car race_car taxi cab jeep minivan motorcar limousine police_car | 汽车 小汽车 轿车 小轿车 轿跑 出租车 的士 跑车 赛车 吉普车 越野车 私家车 警车 车 车子 小车
motorcycle: motorcycle motorbike scooter moped motor_scooter | 摩托车 摩托 机车 电动车 踏板车 电瓶车
airplane: airplane plane aeroplane aircraft jet airliner jetliner | 飞机 客机 战斗机 喷气机
bus: bus minibus double-decker double_decker school_bus | 公共汽车 公交车 巴士 大巴 大巴车 公车 校车 中巴 客车
train: train locomotive tram subway metro railway_car | 火车 列车 高铁 动车 地铁 电车 有轨电车 火车头 机车头
truck: truck lorry pickup van pickup_truck fire_engine fire_truck delivery_truck trailer semi | 卡车 货车 皮卡 皮卡车 面包车 消防车 大货车 大卡车
boat: boat ship sailboat yacht canoe kayak ferry rowboat motorboat speedboat vessel gondola dinghy | 船 小船 轮船 帆船 游艇 皮划艇 独木舟 渡轮 快艇 船只 渔船
traffic light: traffic_light stoplight traffic_signal stop_light traffic_lamp | 红绿灯 交通灯 交通信号灯 信号灯
fire hydrant: fire_hydrant hydrant fireplug | 消防栓 消火栓
stop sign: stop_sign | 停车标志 停止标志 停车牌 停止标牌
parking meter: parking_meter | 停车计时器 停车收费表 停车表 咪表
bench: bench park_bench | 长椅 长凳 板凳 公园长椅
bird: bird duck goose geese swan hen chicken rooster cock chick penguin pigeon dove seagull gull parrot owl eagle hawk crow raven sparrow robin flamingo ostrich kingfisher turkey peacock heron stork duckling songbird | 鸟 小鸟 鸟儿 鸟类 鸭 鸭子 鹅 天鹅 鸡 母鸡 公鸡 小鸡 企鹅 鸽子 海鸥 鹦鹉 猫头鹰 老鹰 鹰 乌鸦 麻雀 火烈鸟 鸵鸟 翠鸟 火鸡 孔雀 白鹭
cat: cat kitten kitty pussycat feline tabby tomcat | 猫 小猫 猫咪 喵星人 猫猫 虎斑猫
dog: dog puppy puppies doggy doggie hound canine pup poodle labrador retriever bulldog terrier dachshund german_shepherd sheepdog husky corgi | 狗 小狗 狗狗 犬 狗子 幼犬 小犬 大狗 狼狗 贵宾犬 拉布拉多 金毛 哈士奇 柯基 牧羊犬 汪星人
horse: horse pony foal mare stallion colt | 马 小马 马匹 骏马 马驹
sheep: sheep lamb ram ewe | 羊 绵羊 羊羔 小羊 羔羊 公羊 母羊
cow: cow cattle bull calf calves ox oxen bison buffalo heifer | 牛 奶牛 母牛 公牛 小牛 黄牛 水牛 牛犊 野牛
elephant: elephant | 大象 象 小象
bear: bear grizzly polar_bear brown_bear black_bear panda giant_panda | 熊 北极熊 棕熊 黑熊 狗熊 灰熊 熊猫 大熊猫
zebra: zebra | 斑马
giraffe: giraffe | 长颈鹿
backpack: backpack rucksack knapsack school_bag schoolbag | 背包 双肩包 书包
umbrella: umbrella parasol | 雨伞 伞 遮阳伞 阳伞
handbag: handbag purse bag shoulder_bag tote | 手提包 包 包包 挎包 手袋 提包 单肩包
tie: tie necktie bow_tie bowtie | 领带 领结
suitcase: suitcase luggage baggage briefcase trunk | 行李箱 手提箱 箱子 旅行箱 皮箱 拉杆箱 行李
frisbee: frisbee flying_disc disc | 飞盘
skis: skis ski | 滑雪板 滑雪橇 雪橇板
snowboard: snowboard | 单板 单板滑雪板 滑雪单板
sports ball: ball sports_ball soccer_ball basketball tennis_ball volleyball baseball football rugby_ball | 球 足球 篮球 网球 排球 皮球 棒球 橄榄球
kite: kite | 风筝
baseball bat: baseball_bat bat | 棒球棒 球棒 棒球棍
baseball glove: baseball_glove baseball_mitt mitt catcher's_mitt | 棒球手套 接球手套
skateboard: skateboard longboard | 滑板
surfboard: surfboard | 冲浪板
tennis racket: tennis_racket tennis_racquet racket racquet | 网球拍 球拍
bottle: bottle flask wine_bottle water_bottle beer_bottle | 瓶子 瓶 酒瓶 水瓶 啤酒瓶 饮料瓶 红酒瓶
wine glass: wine_glass wineglass goblet glass | 酒杯 红酒杯 葡萄酒杯 高脚杯 玻璃杯
cup: cup mug coffee_cup teacup tea_cup coffee_mug beer_mug tumbler coffee tea | 杯子 杯 茶杯 咖啡杯 马克杯 水杯 咖啡
fork: fork | 叉子 餐叉 叉
knife: knife knives dagger kitchen_knife | 刀 刀子 餐刀 小刀 菜刀 水果刀
spoon: spoon teaspoon ladle tablespoon | 勺子 勺 汤匙 调羹 汤勺
bowl: bowl dish basin salad_bowl | 碗 盆 汤碗 钵
banana: banana | 香蕉
apple: apple | 苹果
sandwich: sandwich hamburger burger toast | 三明治 汉堡 汉堡包
orange: orange tangerine mandarin clementine | 橙子 橘子 桔子 橙 柑橘
broccoli: broccoli | 西兰花 西蓝花 花椰菜
carrot: carrot | 胡萝卜 红萝卜
hot dog: hot_dog hotdog | 热狗
pizza: pizza | 披萨 比萨 比萨饼 披萨饼
donut: donut doughnut | 甜甜圈 多纳圈
cake: cake birthday_cake cupcake | 蛋糕 生日蛋糕 纸杯蛋糕
chair: chair seat armchair stool deckchair deck_chair | 椅子 椅 座椅 扶手椅 靠椅 凳子
couch: couch sofa settee loveseat | 沙发 长沙发
potted plant: potted_plant plant houseplant pot_plant flowerpot | 盆栽 盆景 植物 花盆 绿植
bed: bed mattress bunk_bed cot | 床 床铺 床垫 双人床 单人床
dining table: dining_table table desk dinner_table coffee_table | 餐桌 桌子 饭桌 书桌 桌 茶几
toilet: toilet toilet_bowl lavatory | 马桶 坐便器 厕所 抽水马桶
tv: tv television monitor telly tv_set screen computer_monitor computer_screen | 电视 电视机 显示器 屏幕 荧幕 电脑屏幕
laptop: laptop notebook_computer laptop_computer computer | 笔记本电脑 手提电脑 笔记本 电脑
mouse: computer_mouse mouse mice | 鼠标
remote: remote remote_control tv_remote controller | 遥控器 遥控
keyboard: keyboard computer_keyboard | 键盘
cell phone: cell_phone phone cellphone mobile_phone smartphone mobile iphone telephone | 手机 电话 移动电话 智能手机
microwave: microwave microwave_oven | 微波炉
oven: oven stove cooker | 烤箱 炉子 炉灶 烤炉
toaster: toaster | 烤面包机 吐司机 面包机
sink: sink washbasin wash_basin | 水槽 洗手池 洗脸盆 水池 洗碗池
refrigerator: refrigerator fridge freezer | 冰箱 电冰箱 冰柜
book: book books notebook textbook novel | 书 书本 书籍 图书 课本
clock: clock wall_clock alarm_clock | 钟 时钟 闹钟 钟表 挂钟
vase: vase | 花瓶 瓶花
scissors: scissors shears pair_of_scissors | 剪刀 剪子
teddy bear: teddy_bear teddy stuffed_animal plush_toy stuffed_toy | 泰迪熊 玩具熊 毛绒玩具 布熊 布偶
hair drier: hair_drier hair_dryer hairdryer blow_dryer | 吹风机 电吹风
toothbrush: toothbrush | 牙刷
bird+cat+dog+horse+sheep+cow+elephant+bear+zebra+giraffe: animal creature beast pet mammal wildlife livestock | 动物 宠物 野兽 牲畜 小动物
bicycle+car+motorcycle+airplane+bus+train+truck+boat: vehicle transport | 交通工具 车辆 载具
banana+apple+orange: fruit | 水果 果子
banana+apple+sandwich+orange+broccoli+carrot+hot dog+pizza+donut+cake: food meal snack | 食物 食品 吃的 美食
chair+couch+bed+dining table+bench: furniture | 家具
backpack+handbag+suitcase: luggage_item | 箱包
bottle+wine glass+cup: drink beverage | 饮料 饮品
`;

/** Names of COCO's classes and of groups of them. */
export function cocoNouns(): NamedNoun[] {
  return readNouns(lines);
}
