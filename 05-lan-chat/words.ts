// The words that a new team's passphrase is drawn from (P8.1): short, common, and easy to tell apart when somebody reads them out.

const TEXT = `
  able above accept across act active actor add adult advice afraid after again age agree ahead air alarm
  album alive allow almost alone along also always amount anchor angle angry animal ankle annual answer
  any apple april apron arch area arena argue arm army around arrive arrow art artist ask asleep atlas
  atom attic august author autumn avenue awake away axe baby back bacon badge bag bake baker ball banana
  band bank banner bar bark barn barrel base basic basket bat bath beach bead beam bean bear beard beat
  beauty become bed bee before begin behind bell belong below belt bench bend beside best better beyond
  big bike bill bird birth bite bitter black blade blend blind block blow blue board boat body boil bolt
  bone book boot border borrow both bottle bottom bowl box boy brain branch brave bread breath brick
  bridge brief bright bring broad broken bronze broom brown brush bubble bucket build bulb bull bundle
  burn bus bush busy butter button buy cabin cable cactus cage cake calf call calm camel camera camp canal
  candle candy canoe canvas cap car carbon card care carpet carrot carry cart carve case castle cat catch
  cause cave cellar cement center cereal chain chair chalk chance change charge chart chase cheap check
  cheek cheese cherry chess chest chief child chin choose circle circus city claim class clay clean clear
  clever cliff climb clock close cloth cloud clover club coach coal coast coat coffee coin cold collar
  color comb come comet common cook cool copper copy coral corn corner cotton couch cough count cousin
  cover cow cradle craft crane crayon cream credit creek crew crisp crop cross crowd crown cruise crumb
  cup curl curve custom cycle daily daisy dance danger dark date dawn day debate decide deck deep deer
  degree delay depth desert design desk detail dial diary differ dig dinner direct dish dive doctor dog
  doll donkey door dot double dove down dozen dragon draw drawer dream dress drift drink drive drop drum
  dry duck dull dust duty each eager eagle ear early earn earth easel east easy eat echo edge effort egg
  eight elbow elder elect eleven else empty end energy engine enjoy enough enter equal errand escape event
  every exact except excuse exit expert eye fable fabric face fact fade fair faith falcon fall family
  famous fan far farm farmer fast father favor feast feed feel fence fern ferry few field fifty fig figure
  fill film final find fine finger finish fire firm first fish five flag flame flat flavor flight float
  flock flood floor flow flower flute fly fog fold folk follow food foot forest forget fork form formal
  fort fossil found four fox frame free fresh friday friend frog front frost frozen fruit fuel full funny
  fur future gain galaxy game garage garden garlic gate gather gentle giant gift girl give glad glass
  globe glove glue goal goat gold golden good goose gown grace grain grand grape grass gravel gravy gray
  great green grill grocer ground group grow guard guess guest guide guitar gulf habit hair half hall
  hammer hand handle happy harbor hard hat have hawk hazel head health heart heat heavy hedge height
  helmet help hen herb here hero hidden high hill hinge hobby hold hollow home honest honey hood hook hope
  horn horse hotel hour house huge human humble hungry hurry ice icon idea idle igloo image inch index ink
  inner insect inside invite iron island ivory ivy jacket jam jar jeans jelly jewel job join joke joy
  judge juice july jump june jungle junior just keep kettle key kick kind king kite kitten knife knit
  knock label ladder lake lamb lamp land lane large last late laugh lava law lawn layer lead leaf learn
  leave left leg lemon lend length lens lesson letter level lever lid lift light like lily limb lime limit
  line linen lion lip liquid list listen little live lizard load loaf local lock log lonely long look loop
  lotus loud love low loyal lucky lunch lung magic magnet mail main major make mango maple marble march
  margin mark market mask master match matter may maybe meadow meal mean medal medium melody melon member
  memory menu merry metal meter middle mild mile milk mill mind minute mirror mist mix model modern moment
  monday money monkey month moon moral moss mother motor mouse mouth move movie much mud muffin museum
  music nail name napkin narrow nation nature navy near neat neck need needle nephew nest net never new
  news next nice niece night nine noble noise noodle noon normal north nose note notice novel now number
  nurse nut oak oar oasis oat object ocean offer office often oil old olive omelet once onion only open
  opera orange orbit order organ other otter outer oval oven over owl own oyster pack paddle page paint
  palace palm pan panda panel paper parade parcel parent park parrot part party pass past pasta path pause
  peach peanut pear pearl pebble pedal pen pencil people pepper person petal phone photo piano picnic
  piece pigeon pillow pilot pine pink pipe place plain planet plant plate play plenty plum pocket poem
  poet point polar polite pond pony pool porch post potato powder power pretty price pride prince print
  prize proof proper proud public puddle pull pulse pump pupil puppet puppy purple purse push puzzle queen
  quick quiet quilt quite quiz rabbit race radio radish raft rail rain raise ranch range rapid raven razor
  reach read ready real reason recipe record red reef region relax remain rent repair reply rescue rest
  result return reward rhythm ribbon rice rich ride ridge right ring ripe rise river road roast robin
  robot rock rocket roof room root rope rose rough round row royal rubber rudder rule ruler run runner
  rural saddle safe saga salad salt same sample sand sauce save scale scarf school scoop score scout
  screen sea seal search season seat second secret seed select sense seven shade shadow shape share sharp
  shed sheep sheet shelf shell shine ship shirt shoe shop shore short shovel show shower shrimp sign
  silent silk silver simple since sing sister six skate sketch ski skill skin skirt sky sleep sleeve slice
  slide slow small smart smile smoke smooth snail snow soap soccer sock sofa soft soil solar solid solve
  some song soon sort soup south space spare speak spell spend spice spider spin spoon sport spot spray
  spring square stable stage stair stamp star start state steam steel stem step stick stone stool story
  stove straw stream street string strong studio sugar suit summer sun supper sure swan sweet swim swing
  switch symbol table tail tailor take talent talk tall target task taste tea teach team tell temple ten
  tennis tent test thank theme thick thin thing third thread three throat thumb ticket tide tiger tile
  timber time tiny tip title toast today tomato tool tooth topic torch tower town toy track trade trail
  train travel tray tree trick trip truck true trunk trust tube tulip tunnel turn turtle twelve twenty
  twin two type uncle under union unit until upper use useful usual valley value van velvet verb very vest
  view villa violin visit voice volume vote voyage wagon walk wall walnut warm wash watch water wave wax
  way wealth week well west whale wheat wheel when while white wide wild will win wind window wine wing
  winter wire wise with wolf wonder wood wool word work world wrap wrist yard year yellow yes yogurt young
  zebra zero zone
`;

/** Six of them, drawn with equal chance, are one of more than 2^60 passphrases. */
export const WORDS: readonly string[] = TEXT.trim().split(/\s+/);
