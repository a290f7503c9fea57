/** Emoji that show one thing, under the names that icon sets share: drawings for scenes of many nouns. */
const words = `
ant avocado axe backpack bacon badger bagel balloon banana banjo barber-pole basket bat bathtub beaver bed beer-mug bell
bell-pepper bison blueberries boar boomerang bouquet bread brick briefcase broccoli broom bucket burrito butterfly cactus
camel camera candle candy carrot castle chair cheese-wedge cherries chestnut chicken chipmunk church coat cockroach coconut
computer-mouse cookie coral cow crab crayon cricket crocodile croissant crown cucumber cupcake deciduous-tree deer
delivery-truck dodo dolphin donkey door doughnut dragon dress drum dumpling ear-of-corn egg eggplant elephant
evergreen-tree ewe feather fire-engine fire-extinguisher flamingo flute fork-and-knife fox french-fries frog garlic gem-stone
giraffe glasses gloves goat goose gorilla grapes green-apple guitar hamburger hammer hamster headphone hedgehog helicopter
hippopotamus honey-pot honeybee horse hot-dog hot-pepper house hyacinth ice-cream jar jeans jellyfish kangaroo key
kick-scooter kitchen-knife kite kiwi-fruit koala ladder lady-beetle laptop leopard lemon lion lizard llama lobster locomotive
lollipop luggage magnet mammoth mango maple-leaf melon microphone microscope mirror mobile-phone monkey moose mosquito
motor-scooter motorcycle mouse mushroom necktie nut-and-bolt octopus olive onion orangutan otter owl ox oyster paintbrush
palm-tree pancakes panda parrot peach peacock peanuts pear pencil penguin pickup-truck pie pig pineapple pizza polar-bear
potato potted-plant pretzel pumpkin purse rabbit raccoon radio ram rat red-apple rhinoceros robot rock rocket roller-skate
rooster rose running-shoe sandwich saxophone scarf scissors scooter scorpion screwdriver seal seedling shark shopping-cart
shovel shrimp skateboard skunk sled sloth snail snake soap socks spider spoon squid statue-of-liberty strawberry sunflower
sunglasses swan t-shirt tangerine teapot teddy-bear telephone telescope television tent tiger tomato toothbrush tractor tram
trumpet tulip turkey turtle two-hump-camel video-camera violin waffle watch water-buffalo watermelon whale wheel wine-glass
wolf worm wrench yo-yo zebra`;

/** Icon names, each the noun that it shows with hyphens for blanks. */
export const objectWords: readonly string[] = words.trim().split(/\s+/);
