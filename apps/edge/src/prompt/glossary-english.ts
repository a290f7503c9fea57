/** What people say in English for each edit of the embedded model. Frames and politeness are taken off before: see phrase.ts. */
import type { PairSayings, Sayings } from './wordings.ts';

export const englishSayings: Sayings = {
  keep: `
    keep it|keep it as it is|keep the original|original|the original photo|leave it|leave it alone
    leave it unchanged|do nothing|change nothing|nothing|no change|no changes|no edit|no edits
    don't change it|don't change anything|don't touch it|don't do anything|do not change anything
    do not touch it|do not change it|unchanged|untouched|the same|stay the same|keep it the same
    it is fine as it is|it is perfect as it is|same photo`,
  black_and_white: `
    black and white|black & white|black n white|black white|b&w|b & w|b/w|bw|b and w|b+w|greyscale
    grey scale|grey|monochrome|monochromatic|mono|noir|film noir|colourless|no colour|no colours
    without colour|remove the colour|remove all colour|remove colours|remove all the colours
    take out the colour|get rid of the colour|strip the colour|drop the colour`,
  sepia: `
    sepia|sepia tone|sepia toned|sepia tones|sepia filter|sepia photo|brown|brownish|brown tone
    brown tones|brown toned|brown tint|sepia tint|sepia wash|sepia brown|tone it sepia|tint it sepia
    tint it brown`,
  vintage: `
    vintage|retro|old|old fashioned|aged|nostalgic|nostalgia|old photo|old photograph|old film
    old camera|old school|old time|old timey|oldie|antique|vintage film|vintage photo|film look
    analog film|analogue film|faded film|polaroid|from the 70s|from the 80s|70s|80s|60s|1970s|1980s
    1960s|the seventies|the eighties|like in the old days|the old days|decades old|many years old
    from decades ago|decades ago|age it`,
  warmer: `
    warm|warmer|more warm|warm up|warm it up|warmth|more warmth|add warmth|warm tone|warm tones
    warm toned|warmer tones|warm colours|warmer colours|warm light|warmer light|warm filter|warm glow
    cosy|cozy|cosier|cozier|too cold|too cool|too blue|increase the warmth|increase the temperature
    increase the colour temperature|raise the colour temperature|higher colour temperature|less cold
    less blue`,
  cooler: `
    cool|cooler|cold|colder|chilly|chillier|icy tones|bluer|bluish|cool down|cool it down|cool tone
    cool tones|cool toned|cold tones|cooler tones|cool colours|cooler colours|cold colours|cool light
    blue tone|blue tones|blue tint|blue filter|cool filter|cold filter|too warm|too yellow|less warm
    less yellow|reduce the warmth|lower the temperature|lower the colour temperature
    reduce the colour temperature`,
  brighter: `
    bright|brighter|more bright|lighter|brighten|brighten up|brighten it|brighten it up|lighten
    lighten up|light up|light it up|illuminate|more light|more brightness|more exposure|higher exposure
    increase the brightness|increase the exposure|raise the brightness|raise the exposure
    boost the brightness|turn up the brightness|turn the brightness up|brightness up|exposure up
    well lit|better lit|too dark|too dim|underexposed|under exposed|lift the shadows
    brighten the shadows|less dark`,
  darker: `
    dark|darker|dim|dimmer|darken|darken it|darken it down|dim it|dim the light|dim the lights
    less bright|less light|less brightness|less exposure|lower exposure|decrease the brightness
    decrease the exposure|reduce the brightness|reduce the exposure|lower the brightness
    lower the exposure|turn down the brightness|turn the brightness down|brightness down
    bring down the exposure|exposure down|too bright|too light|overexposed|over exposed|too exposed
    blown out|deepen the shadows`,
  more_contrast: `
    contrast|contrasty|more contrasty|more contrast|higher contrast|high contrast|stronger contrast
    strong contrast|punchy|punchier|more punch|add contrast|boost contrast|boost the contrast
    increase contrast|increase the contrast|raise the contrast|enhance the contrast
    strengthen the contrast|turn up the contrast|turn the contrast up|contrast up|bump up the contrast
    crank up the contrast|pump up the contrast|higher in contrast|too flat|less flat|deeper blacks`,
  less_contrast: `
    less contrast|less contrasty|lower contrast|low contrast|softer contrast|soft contrast
    weaker contrast|flat|flatter|flatten it|reduce contrast|reduce the contrast|decrease contrast
    decrease the contrast|lower the contrast|turn down the contrast|turn the contrast down|contrast down
    tone down the contrast|soften the contrast|weaken the contrast|too much contrast|too contrasty
    lower in contrast|less punchy`,
  more_saturated: `
    vivid|more vivid|vibrant|more vibrant|colourful|more colourful|saturated|more saturated|saturate
    saturate it|more saturation|more colour|more vibrance|richer colours|stronger colours
    brighter colours|vivid colours|vibrant colours|bolder colours|colours pop|colours pop more|pop
    boost the colours|boost the saturation|boost saturation|increase saturation|increase the saturation
    raise the saturation|turn up the saturation|turn the saturation up|pump up the colours
    enhance the colours|intensify the colours|colours are too dull|too dull|less dull`,
  muted: `
    muted|more muted|mute the colours|muted colours|muted tones|desaturate|desaturate it|desaturated
    dull|duller|duller colours|pale|paler|paler colours|pale colours|faded colours|washed out
    less colourful|less vivid|less vibrant|less saturated|less saturation|less colour|lower saturation
    low saturation|reduce saturation|reduce the saturation|decrease the saturation|lower the saturation
    turn down the saturation|turn the saturation down|saturation down|tone down the colours
    too colourful|too vivid|too saturated|colours are too strong|oversaturated`,
  night: `
    night|nighttime|night time|nightfall|at night|by night|midnight|after dark|night scene|night view
    night shot|nightscape|night mode|day to night|turn day into night|day into night|day for night
    from day to night|moonlight|moonlit|in the moonlight|under the moonlight|lit by the moon
    late at night|dark night|nocturnal`,
  sunset: `
    sunset|at sunset|dusk|at dusk|sundown|golden hour|evening sun|evening light|sunset light|sunset glow
    sunset scene|setting sun|in the evening sun|in the setting sun|sun setting|twilight|dusky
    the sun going down|day to sunset|turn day into sunset|late afternoon sun|sunset time`,
  snow: `
    winter|in winter|wintry|winter time|wintertime|winter scene|winter wonderland|winter landscape
    winter day|snow|snowy|snowing|add snow|snow everywhere|snowfall|falling snow|snow falling|snowflakes
    snow covered|covered in snow|covered with snow|cover it in snow|cover it with snow
    cover everything in snow|snow on the ground|snowed in|snowed over|snow on everything|snowy day
    snowy scene|snowy weather|blanket of snow|make it snow|season to winter|change the season to winter
    christmas snow|frosty winter`,
  fog: `
    fog|foggy|more foggy|foggier|mist|misty|mistier|haze|hazy|hazier|in the fog|in the mist|in fog
    add fog|add mist|add haze|fog everywhere|full of fog|filled with fog|fill it with fog|covered in fog
    cover it in fog|fog rolling in|foggy day|foggy weather|foggy morning|misty morning|thick fog
    dense fog|morning mist|smoggy|mist in the air|brume`,
  autumn: `
    autumn|fall|in autumn|in fall|in the fall|autumnal|autumn time|autumn day|autumn scene|fall season
    autumn season|autumn colours|fall colours|fall foliage|autumn foliage|autumn leaves|fall leaves
    leaves autumnal|trees autumnal|falling leaves|leaves turning red|season to autumn|season to fall
    change the season to autumn|autumn mood`,
  spring: `
    spring|in spring|springtime|spring time|springlike|spring like|spring day|spring season|spring scene
    spring colours|spring green|spring vibes|fresh green|fresh spring green|leaves fresh green
    trees fresh green|grass fresh green|leaves spring green|fresh green leaves|season to spring
    change the season to spring|early spring`,
  sketch: `
    sketch|a sketch|sketched|pencil|pencil sketch|pencil drawing|pencil drawn|pencil art|drawing
    a drawing|hand drawn|draw it|draw with a pencil|draw it in pencil|drawn in pencil|line drawing
    line art|lineart|line sketch|charcoal sketch|graphite drawing|black pencil drawing|sketch it
    sketch it in pencil|drawn by hand|only lines|just lines|draw it by hand`,
  painting: `
    painting|a painting|painted|paint it|painterly|oil painting|oil paint|oil painted|oils|in oils
    watercolour|watercolour painting|watercolours|acrylic painting|canvas painting|hand painted
    brush strokes|brushstrokes|brush stroke|painted by an artist|artist painted|someone painted it
    impressionist painting|impressionist|work of art|artwork|artistic painting|fine art painting|gouache
    paint it in oil|paint it in watercolour`,
  blur: `
    blur|blurry|blurrier|blurred|blur it|blur it out|more blur|more blurry|more blurred|add blur
    gaussian blur|fuzzy|fuzzier|out of focus|unfocused|defocus|defocused|soft focus|soften it
    softer focus|less sharp|less focus|blurring|too sharp|not sharp`,
  sharpen: `
    sharp|sharper|sharpen|sharpen it|sharpen it up|sharpness|more sharp|more sharpness|crisp|crisper
    more crisp|clear|clearer|more clear|clarity|more clarity|detailed|more detailed|more detail
    more details|more definition|in focus|more in focus|sharpen the details|sharpen the edges
    sharper details|sharper edges|crisper edges|enhance the details|bring out the details
    increase the sharpness|increase sharpness|increase the clarity|boost the sharpness|too blurry
    too soft|too fuzzy|less blurry|deblur|unblur|remove the blur|remove blur|get rid of the blur
    fix the blur`,
  sky_pink: `
    pink sky|sky pink|sky pinkish|pinkish sky|rosy sky|sky rosy|rose sky|sky rose|rose coloured sky
    sky rose coloured|pink coloured sky|pink heavens|heavens pink|sky colour to pink
    colour of the sky to pink|fill the sky with pink|sky be pink|pastel pink sky|hot pink sky
    baby pink sky|salmon pink sky|salmon sky`,
  sky_orange: `
    orange sky|sky orange|orange coloured sky|golden sky|sky golden|gold sky|golden orange sky
    sky golden orange|fiery sky|sky fiery|fiery orange sky|sky fiery orange|sky on fire|burning sky
    amber sky|sky amber|tangerine sky|orange heavens|heavens orange|sky colour to orange
    colour of the sky to orange|fill the sky with orange`,
  sky_dramatic: `
    dramatic sky|sky dramatic|more dramatic sky|sky more dramatic|stormy sky|sky stormy|stormier sky
    sky stormier|moody sky|sky moody|moodier sky|threatening sky|sky threatening|ominous sky|sky ominous
    dramatic clouds|clouds dramatic|more dramatic clouds|stormy clouds|storm clouds|dark storm clouds
    dark clouds|thunder clouds|thunderclouds|epic sky|sky epic|brooding sky|storm in the sky
    stormy weather|stormy|gloomy sky|sky gloomy|fill the sky with storm clouds|add storm clouds`,
};

export const englishPairs: PairSayings = {
  'snow+night': `
    snowy night|winter night|snow at night|night with snow|snowy winter night|cold winter night
    night in winter|winter at night|snowy evening`,
  'fog+night': 'foggy night|misty night|hazy night|night with fog|fog at night|night in fog',
  'autumn+sunset': 'autumn sunset|fall sunset|autumn evening|autumn dusk|sunset in autumn',
  'autumn+fog': 'foggy autumn day|misty autumn morning|foggy autumn|misty autumn|foggy fall day|autumn fog',
  'spring+brighter': 'bright spring day|bright spring|sunny spring day',
};
