/** Words that a rewriter may not bring in; no list of names is complete, capitals catch what is missing here. */

/** Words and phrases between bars. */
const listOf = (text: string): readonly string[] => text.trim().split(/\s*[|\n]\s*/u);

/** People, makers and artists that rewriters like to add, in lower case. */
export const names: readonly string[] = listOf(`
  taylor swift|beyonce|rihanna|madonna|kim kardashian|kanye west|justin bieber|lady gaga|michael jackson
  elon musk|bill gates|steve jobs|jeff bezos|mark zuckerberg|donald trump|joe biden|barack obama|putin|xi jinping
  tom cruise|brad pitt|angelina jolie|scarlett johansson|emma watson|leonardo dicaprio|keanu reeves|marilyn monroe
  cristiano ronaldo|lionel messi|michael jordan|lebron james|albert einstein|jesus christ|gandhi
  greg rutkowski|artgerm|alphonse mucha|van gogh|picasso|monet|rembrandt|da vinci|dali|banksy|hokusai|warhol
  wlop|beeple|makoto shinkai|hayao miyazaki|norman rockwell|ansel adams|annie leibovitz|wes anderson|tim burton
  harry potter|mickey mouse|darth vader|spider-man|spiderman|batman|superman|pikachu|elsa
  周杰伦|成龙|李小龙|姚明|章子怡|范冰冰|杨幂|刘德华|马云|马斯克|特朗普|拜登|奥巴马|普京|习近平|毛泽东
  泰勒|梅西|罗纳尔多|爱因斯坦|梵高|毕加索|莫奈|达芬奇|宫崎骏|新海诚|蜘蛛侠|蝙蝠侠|哈利波特|米老鼠|皮卡丘`);

export const brands: readonly string[] = listOf(`
  nike|adidas|puma|gucci|prada|chanel|louis vuitton|hermes|rolex|versace|supreme|levi's|zara|ikea
  coca-cola|coca cola|coke|pepsi|starbucks|mcdonald's|mcdonalds|burger king|red bull|heineken|nestle
  disney|pixar|marvel|dc comics|ghibli|dreamworks|nintendo|pokemon|hello kitty|lego|barbie|netflix|star wars
  iphone|apple inc|google|microsoft|amazon|facebook|instagram|tiktok|youtube|samsung|huawei|xiaomi|sony
  canon|nikon|leica|hasselblad|kodak|fujifilm|polaroid|gopro|photoshop|artstation|deviantart|unreal engine|octane
  tesla|ferrari|lamborghini|porsche|mercedes|bmw|audi|toyota|honda|volkswagen|harley-davidson|boeing
  耐克|阿迪达斯|古驰|香奈儿|路易威登|爱马仕|劳力士|可口可乐|百事|星巴克|麦当劳|肯德基|迪士尼|漫威|吉卜力
  任天堂|宝可梦|乐高|华为|小米手机|苹果手机|三星|索尼|佳能|尼康|徕卡|柯达|特斯拉|法拉利|保时捷|奔驰|宝马|奥迪|丰田`);

export const ages: readonly string[] = listOf(`
  year-old|years old|year old|yo|aged|age|teen|teens|teenage|teenager|preteen|child|children|childlike|kid|kids|toddler
  baby|babies|infant|newborn|minor|minors|underage|schoolgirl|schoolboy|boy|boys|girl|girls|loli|shota|young|younger|youthful
  elderly|senior|middle-aged|adult|adolescent|juvenile|granny|grandma|grandpa
  岁|小孩|孩子|儿童|幼童|婴儿|宝宝|少女|少年|未成年|小学生|中学生|女孩|男孩|小女孩|小男孩|青少年|年轻|年老|老人|老年|中年|成年`);

export const nudity: readonly string[] = listOf(`
  nude|nudes|nudity|naked|nsfw|topless|bottomless|undressed|unclothed|undress|bare|bare-chested|shirtless
  lingerie|underwear|bikini|thong|panties|bra|see-through|cleavage|breast|breasts|nipple|nipples|buttocks|genitals|butt
  sexy|sexual|sex|sensual|erotic|erotica|porn|porno|pornographic|hentai|lewd|seductive|provocative|xxx|fetish
  裸|裸体|全裸|半裸|赤裸|裸露|脱衣|脱光|性感|情色|色情|内衣|内裤|比基尼|乳房|胸部|乳头|臀部|透视装|诱惑|性爱|黄片`);
