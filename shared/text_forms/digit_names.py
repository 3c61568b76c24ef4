"""Names of the digits and of the mark before decimals, for languages without a grammar of numbers.

Neither num2words nor the rules of Unicode's CLDR spell numbers in the languages of `DIGIT_NAMES`:
their numbers are read digit by digit.
"""

from shared.text_forms.pieces import split_words

# From zero to nine
_DIGITS = {
    "as": "শূন্য এক দুই তিনি চাৰি পাঁচ ছয় সাত আঠ ন",
    "ba": "ноль бер ике өс дүрт биш алты ете һигеҙ туғыҙ",
    "bo": "ཀླད་ཀོར གཅིག གཉིས གསུམ བཞི ལྔ དྲུག བདུན བརྒྱད དགུ",
    "br": "mann unan daou tri pevar pemp c'hwec'h seizh eizh nav",
    "eu": "zero bat bi hiru lau bost sei zazpi zortzi bederatzi",
    "gl": "cero un dous tres catro cinco seis sete oito nove",
    "gu": "શૂન્ય એક બે ત્રણ ચાર પાંચ છ સાત આઠ નવ",
    "ha": "sifili ɗaya biyu uku huɗu biyar shida bakwai takwas tara",
    "haw": "ʻole ʻekahi ʻelua ʻekolu ʻehā ʻelima ʻeono ʻehiku ʻewalu ʻeiwa",
    "ht": "zewo en de twa kat senk sis sèt uit nèf",
    "jw": "nol siji loro telu papat lima enem pitu wolu sanga",
    "la": "nulla unus duo tres quattuor quinque sex septem octo novem",
    "ln": "zelo moko mibale misato minei mitano motoba nsambo mwambe libwa",
    "mg": "aotra iray roa telo efatra dimy enina fito valo sivy",
    "mi": "kore tahi rua toru whā rima ono whitu waru iwa",
    "ml": "പൂജ്യം ഒന്ന് രണ്ട് മൂന്ന് നാല് അഞ്ച് ആറ് ഏഴ് എട്ട് ഒമ്പത്",
    "mn": "тэг нэг хоёр гурав дөрөв тав зургаа долоо найм ес",
    "mr": "शून्य एक दोन तीन चार पाच सहा सात आठ नऊ",
    "oc": "zèro un dos tres quatre cinc sièis sèt uèch nòu",
    "pa": "ਸਿਫ਼ਰ ਇੱਕ ਦੋ ਤਿੰਨ ਚਾਰ ਪੰਜ ਛੇ ਸੱਤ ਅੱਠ ਨੌਂ",
    "ps": "صفر یو دوه درې څلور پنځه شپږ اووه اته نهه",
    "sa": "शून्यम् एकम् द्वे त्रीणि चत्वारि पञ्च षट् सप्त अष्ट नव",
    "sd": "ٻڙي هڪ ٻه ٽي چار پنج ڇهه ست اٺ نو",
    "si": "බිංදුව එක දෙක තුන හතර පහ හය හත අට නවය",
    "sn": "zero potsi piri tatu ina shanu tanhatu nomwe sere pfumbamwe",
    "so": "eber kow laba saddex afar shan lix toddoba siddeed sagaal",
    "tk": "nol bir iki üç dört bäş alty ýedi sekiz dokuz",
    "tt": "ноль бер ике өч дүрт биш алты җиде сигез тугыз",
    "ur": "صفر ایک دو تین چار پانچ چھ سات آٹھ نو",
    "uz": "nol bir ikki uch to'rt besh olti yetti sakkiz to'qqiz",
    "yi": "נול איינס צוויי דריי פיר פינף זעקס זיבן אכט ניין",
    "yo": "òdo ení èjì ẹ̀ta ẹ̀rin àrún ẹ̀fà èje ẹ̀jọ ẹ̀sán",
}  # fmt: skip
DIGIT_NAMES = {language: split_words(names) for language, names in _DIGITS.items()}

# As said between a number and its decimals; the languages of the detailed lexicons have theirs.
POINT_NAMES = {
    "af": "komma", "am": "ነጥብ", "ar": "فاصلة", "as": "দশমিক", "az": "vergül", "ba": "өтөр",
    "be": "коска", "bg": "запетая", "bn": "দশমিক", "bo": "ཚེག", "br": "skej", "bs": "zarez",
    "ca": "coma", "cs": "čárka", "cy": "pwynt", "da": "komma", "el": "κόμμα", "et": "koma",
    "eu": "koma", "fa": "ممیز", "fi": "pilkku", "fo": "komma", "gl": "coma", "gu": "દશાંશ",
    "ha": "digo", "haw": "kiko", "he": "נקודה", "hi": "दशमलव", "hr": "zarez", "ht": "vigil",
    "hu": "egész", "hy": "ամբողջ", "id": "koma", "is": "komma", "ja": "点", "jw": "koma",
    "ka": "მთელი", "kk": "бүтін", "km": "ក្បៀស", "kn": "ಬಿಂದು", "ko": "점", "la": "comma",
    "lb": "komma", "ln": "virgule", "lo": "ຈຸດ", "lt": "kablelis", "lv": "komats",
    "mg": "faingo", "mi": "ira", "mk": "запирка", "ml": "ദശാംശം", "mn": "цэг", "mr": "दशांश",
    "ms": "perpuluhan", "mt": "punt", "my": "ဒသမ", "ne": "दशमलव", "nn": "komma", "no": "komma",
    "oc": "virgula", "pa": "ਦਸ਼ਮਲਵ", "pl": "przecinek", "ps": "اعشاریه", "ro": "virgulă",
    "ru": "запятая", "sa": "दशमलव", "sd": "اعشاريه", "si": "දශම", "sk": "čiarka",
    "sl": "vejica", "sn": "poindi", "so": "dhibic", "sq": "presje", "sr": "zapeta",
    "su": "koma", "sv": "komma", "sw": "nukta", "ta": "புள்ளி", "te": "పాయింట్", "tg": "вергул",
    "th": "จุด", "tk": "otur", "tl": "punto", "tr": "virgül", "tt": "өтер", "uk": "кома",
    "ur": "اعشاریہ", "uz": "vergul", "vi": "phẩy", "yi": "קאמע", "yo": "ààmì", "yue": "點",
    "zh": "点",
}  # fmt: skip

# The full stop of a version, where it has another name than the mark before decimals.
VERSION_POINTS = {
    "af": "punt", "az": "nöqtə", "be": "кропка", "bg": "точка", "bs": "tačka", "ca": "punt",
    "cs": "tečka", "da": "punktum", "el": "τελεία", "et": "punkt", "eu": "puntu", "fa": "نقطه",
    "fi": "piste", "fo": "punktum", "gl": "punto", "hr": "točka", "hu": "pont", "hy": "կետ",
    "id": "titik", "is": "punktur", "ka": "წერტილი", "kk": "нүкте", "lb": "punkt",
    "lt": "taškas", "lv": "punkts", "mk": "точка", "ms": "titik", "nn": "punktum",
    "no": "punktum", "pl": "kropka", "ro": "punct", "ru": "точка", "sk": "bodka", "sl": "pika",
    "sq": "pikë", "sr": "tačka", "sv": "punkt", "tr": "nokta", "uk": "крапка", "vi": "chấm",
}  # fmt: skip
