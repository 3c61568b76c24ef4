"""Profane words by language, whole words in lower case; `*` at the end matches any ending.

This is a moderate list written for Sotto: sexual and scatological swearing, and slurs without
another common meaning. Masking a harmless word costs more than passing a mild one, so these are
left out: mild oaths (damn, hell, crap, bloody, piss), words with a second meaning (ass, cock, dick,
fag, pussy, chink), and body parts in medical use. An ending is open only where no harmless word
has the same beginning: `scunthorpe` and `shiitake` match nothing.
"""

# English swearing that matches in every language. None of these words is harmless in another
# language ("slut" is Swedish for "end").
_EVERYWHERE = "fuck* motherfuck* shit bullshit bitch bitches asshole assholes cocksucker*"

PROFANE_WORDS: dict[str, str] = {
    "": _EVERYWHERE,
    "en": (
        "fuck* unfuck* clusterfuck* mindfuck* motherfuck* shit shits shitty shittier shittiest "
        "shitted shitting shithead* shithole* shitload* shitshow* shitstorm* shitface* bullshit* "
        "horseshit dipshit* batshit apeshit dogshit chickenshit bitch bitches bitching bitched "
        "bitchy asshole* arsehole* asshat* dumbass* "
        "cocksuck* dickhead* dickwad* cunt* twat twats wank wanker* wanking bollocks "
        "bastard bastards whore whores slut sluts slutty tosser* "
        "faggot* nigger* nigga* kike kikes wetback* jizz cumshot* blowjob* douchebag* "
        "son+of+a+bitch sons+of+bitches piece+of+shit"
    ),
    "es": (
        "puta putas puto putos putada* hijoputa* hijueputa* hijo+de+puta hijos+de+puta "
        "joder jodido jodida jodidos jodidas coño coños mierda mierdas cabrón cabrones cabrona "
        "gilipollas gilipollez pendejo* pendeja* chingar chingado chingada chinga chingas "
        "verga cojones follar follando follado maricón maricones culero culeros pinche "
        "pinches carajo zorras malparido* huevón"
    ),
    "fr": (
        "putain* merde merdes merdique* merdeux emmerde* emmerdant* emmerder connard* connasse* "
        "conne connes connerie* salope* salopard* enculé* enculer pute putes bordel foutre "
        "foutu foutue foutus nique niquer niqué chier chiant chiante chiants bite bites couille* "
        "pédé pédés trou+du+cul fils+de+pute ta+gueule branleur* branler bougnoule* "
        "nègre nègres"
    ),
    "de": (
        "scheiß* scheiss* beschissen* scheißegal arschloch* arschlöcher* arsch ärsche arschgeige* "
        "leck+mich+am+arsch fick ficken* fickt gefickt ficker* fotze* hure huren hurensohn* "
        "hurensöhne* wichser* wichsen wixer* schlampe* nutte nutten schwuchtel* missgeburt* "
        "verfickt* kanake* kanaken nigger* neger verpiss* pisser* drecksau* dreckskerl* "
        "miststück* schwanzlutscher* fuck*"
    ),
    "it": (
        "cazzo cazzi cazzata* cazzone* incazzat* merda merde stronzo stronzi stronza stronze "
        "stronzat* vaffanculo fanculo fottere fottut* fottiti puttana puttane puttanata* "
        "zoccola zoccole coglione coglioni minchia bastardo bastardi bastarda inculat* "
        "figlio+di+puttana porco+dio porca+puttana frocio froci ricchione* culattone* pompino* "
        "rompicoglioni rompipalle"
    ),
    "pt": (
        "puta putas puto putos caralho caralhos foda foda-se fodas foder fodido* fodida* merda "
        "merdas porra porras filho+da+puta filhos+da+puta cacete buceta bucetas cona conas "
        "viado viados cabrão cabrões arrombado* punheta* "
        "vai+tomar+no+cu cuzão boquete* bosta bostas"
    ),
    "nl": (
        "kut kutten kutwijf* kutzooi klote klootzak* klootzakken kloten godverdomme gvd "
        "hoer hoeren hoerenzoon* neuken neuk geneukt lul lullen "
        "tering tyfus* flikker flikkers mietje* teef teven schijt kakker* trut trutten slet "
        "sletten reet fuck* shit"
    ),
    "sv": "jävla jävlar jävel fitta fittor kuk kukar hora horor knulla* röv skit ",
    "da": "fandme kraftedeme fisse fisser pik luder ludere kneppe* røvhul* lort",
    "no": "faen jævla jævel fitte fitter kuk hore horer knull* rasshøl ræv drittsekk* dritt",
    "pl": (
        "kurwa* kurwy kurwo kurew skurwysyn* skurwiel* jebać jebany jebana jebane pierdol* "
        "spierdal* wypierdal* zajebi* pojeb* wyjeb* chuj chuja chuje chujow* pizda pizdy cipa "
        "dupa dupy gówno"
    ),
    "cs": "kurva kurvy kurvo píča píči čurák čuráci kokot kokoti jebat hovno hovna sráč zmrd*",
    "fi": "vittu vitun vittua perkele perkeleen saatana saatanan paska huora huoran kyrpä mulkku",
    "tr": (
        "siktir* sikeyim sikiyim sikerim amına amk amcık orospu* piç piçler göt götveren* yarrak* "
        "yavşak ibne*"
    ),
    "ru": (
        "блять блядь бля блядский блядская хуй хуя хуйня хуёв* пизда пизды пиздец пизде* ебать "
        "ёбан* ебан* еблан* заеб* наеб* отъеб* сука суки мудак мудаки мудила говно гандон* "
        "пидор* пидар* залупа"
    ),
    "uk": "блять блядь хуй хуйня хуя пизда піздець єбать їбать сука суки мудак гівно курва підор*",
    "ro": "pula pulă pizda pizdă futut fututi fute muie căcat rahat curvă curva curve",
    "hu": "kurva kurvák fasz faszok faszom baszd baszni bassza basszus picsa picsába geci szar",
    "el": "γαμώ γαμώτο μαλάκα μαλάκας μαλάκες μαλακία μαλακίες σκατά πούστης πούτσα μουνί καριόλα",
    "hi": "चूतिया चूतिये मादरचोद भेनचोद बहनचोद भोसड़ी रंडी गांडू लौड़ा हरामी",
    "ar": "كس طيز شرموطة شرموط منيوك زب",
    "id": "bangsat kontol memek ngentot jancok bajingan",
    "vi": "địt đụ lồn cặc đéo",
    "ko": "씨발 시발 씨발놈 씹 개새끼 병신 좆 지랄 니미",
    "ja": "くそったれ クソ野郎 ファック まんこ ちんぽ",
    "zh": (
        "他妈的 他媽的 你妈的 操你妈 肏你妈 草泥马 妈逼 媽逼 "
        "傻逼 傻屄 牛逼 装逼 鸡巴 雞巴 婊子 王八蛋"
    ),
    "yue": "屌你 屌那 仆街 冚家鏟 撚樣",
    "th": "เหี้ย สัส ควย เย็ด แม่ง",
}
