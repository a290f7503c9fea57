/** What the taught head learns from composed pictures: things that COCO has no class for. */
import { readNouns, type TaughtNoun } from './noun-lines.ts';

const animals = `
:ant|蚂蚁
:badger|獾
:bat animal,fruit bat|蝙蝠
:beaver|河狸 海狸
:boar,wild boar,wild pig|野猪
:butterfly,moth|蝴蝶 飞蛾
:camel,two hump camel,dromedary|骆驼
:chipmunk,squirrel|花栗鼠 松鼠
:cockroach,roach|蟑螂
:crab|螃蟹 蟹
:cricket,grasshopper|蟋蟀 蚱蜢
:crocodile,alligator|鳄鱼
:deer,reindeer,stag,doe|鹿 小鹿 梅花鹿 驯鹿
:dodo|渡渡鸟
:dolphin,porpoise|海豚
:donkey,mule|驴 驴子 毛驴
:dragon|龙
:fish,goldfish,trout,carp|鱼 小鱼 金鱼 鲤鱼
:fox|狐狸
:frog,toad|青蛙 蛙 蟾蜍
:goat,billy goat|山羊
:gorilla|大猩猩
:hamster|仓鼠
:hedgehog,porcupine|刺猬 豪猪
:hippopotamus,hippo|河马
:honeybee,bee,wasp,bumblebee|蜜蜂 黄蜂
:jellyfish|水母
:kangaroo,wallaby|袋鼠
:koala|考拉 树袋熊
:lady beetle,ladybug,ladybird,beetle|瓢虫 甲虫
:leopard,cheetah,jaguar,panther|豹 豹子 猎豹 美洲豹
:lion,lioness|狮子 狮
:lizard,gecko,iguana,chameleon|蜥蜴 壁虎 变色龙
:llama,alpaca|羊驼 草泥马
:lobster,crayfish|龙虾
:mammoth|猛犸象 猛犸
:monkey,ape,chimpanzee,baboon|猴子 猴
:moose,elk|驼鹿 麋鹿
:mosquito,fly,insect|蚊子 苍蝇 昆虫
:octopus|章鱼
:orangutan|红毛猩猩 猩猩
:otter|水獭
:oyster,clam,mussel,seashell,shell|牡蛎 贝壳 蛤蜊
:pig,piglet,hog,swine|猪 小猪
:rabbit,bunny,hare|兔子 兔 小兔子 野兔
:raccoon|浣熊
:rat|老鼠 大鼠
:rhinoceros,rhino|犀牛
:scorpion|蝎子
:seal,sea lion,walrus|海豹 海狮 海象
:shark|鲨鱼
:shrimp,prawn|虾 虾仁
:skunk|臭鼬
:sloth|树懒
:snail,slug|蜗牛
:snake,serpent,viper|蛇
:spider|蜘蛛
:squid|鱿鱼 乌贼
:tiger|老虎 虎
:turtle,tortoise|乌龟 海龟 龟
:whale|鲸鱼 鲸
:wolf|狼
:worm,caterpillar|虫子 毛毛虫 蚯蚓
`;

const foods = `
:avocado|牛油果 鳄梨
:bacon|培根
:bagel|百吉饼 贝果
:bell pepper,pepper,paprika|甜椒 灯笼椒 彩椒
:blueberries,blueberry,berry,berries|蓝莓 浆果
:bread,loaf|面包
:burrito,taco|墨西哥卷饼 卷饼
:butter|黄油
:candy,sweets|糖果 糖
:cheese wedge,cheese|奶酪 芝士 乳酪
:cherries,cherry|樱桃
:chestnut|栗子 板栗
:coconut|椰子
:cookie,biscuit,cracker|饼干 曲奇
:croissant|羊角面包 牛角包 可颂
:cucumber|黄瓜
:dumpling|饺子 包子
:ear of corn,corn,maize|玉米
:egg|鸡蛋 蛋
:eggplant,aubergine|茄子
:french fries,fries,chips|薯条
:garlic|大蒜 蒜
:grapes,grape|葡萄
:honey pot,honey|蜂蜜 蜜罐
:hot pepper,chili,chilli pepper|辣椒
:ice cream,icecream|冰淇淋 雪糕 冰激凌
:kiwi fruit,kiwi|猕猴桃 奇异果
:lemon,lime fruit|柠檬
:lollipop|棒棒糖
:mango|芒果
:melon,cantaloupe|甜瓜 哈密瓜 瓜
:milk|牛奶 奶
:mushroom,toadstool|蘑菇
:olive fruit,olives|橄榄
:onion|洋葱
:pancakes,pancake|煎饼 薄煎饼 松饼
:peach|桃子 桃 水蜜桃
:peanuts,peanut,nuts|花生 坚果
:pear|梨 梨子
:pie,tart|馅饼 派
:pineapple|菠萝 凤梨
:potato,potatoes|土豆 马铃薯
:pretzel|椒盐卷饼 椒盐脆饼
:pumpkin,squash|南瓜
:roasted chicken,steak,meat|烤鸡 牛排 肉
:strawberry,strawberries|草莓
:sushi tray,sushi|寿司
:tomato,tomatoes|番茄 西红柿
:waffle|华夫饼
:watermelon|西瓜
`;

const plants = `
:bamboo|竹子
:bouquet,flowers|花束 鲜花
:cactus,cacti|仙人掌
:coral|珊瑚
:evergreen tree,pine,fir,cypress,spruce,pine under snow,blue pine under snow,conifer|松树 杉树 柏树 常青树
:christmas tree|圣诞树
:deciduous tree,tree,acacia,copper beech,japanese maple,poplar,sycamore maple,bonsai tree,oak tree|树 大树 树木 小树 枫树
:feather|羽毛
:hedge,bush,high hedge,shrub|树篱 灌木 灌木丛
:hyacinth,orchids,orchid|风信子 兰花
:maple leaf,leaf,leaves|枫叶 叶子 树叶
:palm tree,coconut tree,palm,bended coconut tree|棕榈树 椰子树 棕榈
:rose|玫瑰 玫瑰花 月季
:seedling,sprout|幼苗 树苗 嫩芽
:sunflower|向日葵
:tulip,flower,tulips,lily,white lily,daisy,blossom,peach blossom,spathiphyllum|郁金香 花 花朵 百合
:yucca,ficus|丝兰 榕树
`;

const clothes = `
:coat,jacket,suit,hanging clothes,blazer|外套 大衣 夹克 西装 衣服
:crown,tiara|王冠 皇冠
:dress,gown|连衣裙 裙子
:glasses,eyeglasses,spectacles|眼镜
:gloves,glove|手套
:hat,cap,top hat,baseball cap|帽子 帽
:helmet|头盔 安全帽
:jeans,trousers,pants,shorts,short|牛仔裤 裤子 短裤
:ring,gem stone,diamond,gem,jewel,jewellery|戒指 宝石 钻石 珠宝
:running shoe,shoe,sneaker,sneakers,woman shoes,bootie,mocassin,slippers,boot,boots,sandal|鞋 鞋子 运动鞋 跑鞋 靴子 拖鞋
:scarf,shawl|围巾 披肩
:skirt|短裙 半身裙
:socks,sock,stocking|袜子
:sunglasses|太阳镜 墨镜
:t shirt,tshirt,shirt,blouse,tee|t恤 衬衫 上衣 短袖
:watch,wristwatch|手表 腕表
`;

const tools = `
:axe,hatchet,ax|斧头 斧子
:barber pole|理发店灯柱
:basket,shopping basket,clothes basket|篮子 筐
:bell,cowbell|铃铛 钟铃 铃
:boomerang|回旋镖
:brick|砖 砖头
:broom,brush|扫帚 扫把 刷子
:bucket,pail|桶 水桶
:candle|蜡烛
:comb,hairbrush|梳子
:crayon|蜡笔
:cutting tool,cutter,cutting pliers|切割工具 剪线钳
:fire extinguisher,extinguisher|灭火器
:hammer,mallet|锤子 榔头 铁锤
:jar,pot,old jar,pottery|罐子 坛子 陶罐
:key,keys|钥匙
:ladder,step ladder,small step ladder|梯子 人字梯
:lamp,desk lamp,little lamp,wall lamp,pendant lamp,ceiling lamp,chandelier,chandelier lamp,lantern,light,table lamp,floor lamp|灯 台灯 吊灯 灯具 落地灯 壁灯
:street lamp,lamppost,classic lamppost,street light,park light,outdoor lamp|路灯 街灯
:flashlight,torch|手电筒
:magnet|磁铁 磁石
:measuring tape,tape measure,ruler,tape|卷尺 尺子 直尺
:nut and bolt,screw,bolt|螺丝 螺栓 螺母
:paintbrush|画笔 油漆刷
:pencil,pen,text marker,marker|铅笔 笔 钢笔
:plier,pliers,tweezer,tweezers|钳子 镊子
:saw,drill,grinder|锯子 电钻 锯
:screwdriver|螺丝刀 起子
:shovel,spade|铲子 铁锹
:soap,sponge|肥皂 香皂 海绵
:socket,plug,switch,wall switch,wall socket,power socket|插座 插头 开关
:teapot,kettle,espresso kettle|茶壶 水壶
:towel,towels|毛巾 浴巾
:weighing machine,scale,kitchen scale,electronic scale|秤 体重秤 电子秤
:wrench,spanner|扳手
`;

const rooms = `
:bathtub,bath,corner bathtub,jacuzzi,island bath,tub|浴缸 澡盆
:bookcase,shelves,bookshelf,shelf,full bookcase,vertical shelves|书架 架子 书柜
:box,cardboard box,crate,chest,carton,open cardboard box,medicine box|盒子 纸箱 木箱
:cabinet,cupboard,wardrobe,drawers cabinet,upper cabinet,lower cabinet,dresser,closet,locker,chest of drawers|柜子 衣柜 橱柜 抽屉柜 衣橱
:carpet,rug,oriental rug,doormat,bathmat,tatami,round carpet,mat|地毯 垫子 地垫
:curtain,window blind,shower curtain,blind,window shutter|窗帘 百叶窗
:door,exterior door,garage door,double door,glass door,screen door,shower door,gate|门 大门 房门 车库门
:fan,table fan,ceiling fan,rigged fan|风扇 电风扇 吊扇
:fireplace|壁炉
:mirror|镜子
:piano,grand piano,upright piano|钢琴
:plate,oval plate,tray,saucer|盘子 碟子 托盘
:radiator,electric water heater,boiler,heater|暖气片 散热器 热水器 暖气
:railing,iron railing,pedestrian railing,fence,balustrade|栏杆 围栏 篱笆 护栏
:staircase,stairs,spiral staircase|楼梯 台阶
:toilet paper dispenser,toilet paper|卫生纸 厕纸
:towel rack,clothes rack,clothes hanger,hanger|毛巾架 衣架
:trash can,trashcan,dustbin,recycling bin,park trashcan,residential trashcan,bullet trash can,garbage can,wastebasket,bin|垃圾桶 垃圾箱
:urinal,bidet|小便池 小便器
:washing machine,clothes washing machine,dryer machine,dishwasher|洗衣机 烘干机 洗碗机
:window,double window,double hung window,french window,arched window,double french window,double arched window,quadruple french window|窗户 窗
`;

const things = `
:backgammon,puzzle,chessboard,rubik's cube,card game,toy,wood toy|玩具 拼图 棋盘 魔方
:balloon|气球
:banjo|班卓琴
:camera,reflex camera,surveillance camera|相机 照相机 摄像头
:video camera,camcorder|摄像机
:castle,palace,fortress|城堡 宫殿
:church,chapel,cathedral|教堂
:coffee maker,coffee machine,blender,mixer,coffee brewer|咖啡机 搅拌机 榨汁机
:column,porch column,pillar|柱子 圆柱
:drum,drums|鼓
:flute|长笛 笛子
:guitar,electric guitar|吉他 电吉他
:headphone,headphones,earphones,headset|耳机 头戴式耳机
:helicopter,chopper|直升机 直升飞机
:house,cottage,dog house,garden hut,child hut,doll house,hut,building,cabin|房子 房屋 屋子 小屋 楼房
:microphone,mic|麦克风 话筒
:microscope|显微镜
:printer,inkjet printer,scanner|打印机
:radio,mini stereo,stereo|收音机 音响
:robot|机器人
:rock,stone,boulder|石头 岩石
:rocket,spaceship,spacecraft|火箭 飞船
:roller skate,roller skates|轮滑鞋 溜冰鞋
:saxophone|萨克斯 萨克斯管
:shopping cart,trolley|购物车
:sled,sledge,sleigh|雪橇
:snowman|雪人
:speaker,loudspeaker|音箱 喇叭 扬声器
:statue of liberty,statue,sculpture|自由女神像 雕像 雕塑
:swimming pool,round swimming pool,rectangle swimming pool,pool|游泳池 泳池
:swing,child swing,seesaw|秋千 跷跷板
:telescope|望远镜 天文望远镜
:tent,camping tent|帐篷
:tractor,mower|拖拉机 割草机
:tricycle|三轮车
:trumpet,horn|小号 喇叭花
:violin,cello|小提琴 大提琴
:wheel,tire,tyre|轮子 轮胎 车轮
:wheelchair,stroller,pram|轮椅 婴儿车
:yo yo,yoyo|悠悠球 溜溜球
`;

/** Nouns in the order of the taught head's rows. */
export function pictureNouns(): TaughtNoun[] {
  const lines = [animals, foods, plants, clothes, tools, rooms, things].join('').split('\n');
  return readNouns(
    lines
      .filter((line) => line !== '')
      // Commas part these, because many of them are of several words.
      .map((line) =>
        line.replace(/^:([^|]*)/, (_, words) => `:${words.replaceAll(' ', '_').replaceAll(',', ' ')}`),
      )
      .join('\n'),
  );
}
