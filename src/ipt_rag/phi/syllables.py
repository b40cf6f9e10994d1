"""Given names of East Asia in Latin letters, by their syllables: there are too many to list."""

import re

# Pinyin, initial by initial. Two syllables make a given name: "Xiaohong", "Zhiwei".
_PINYIN = (
    r"(?:[bpmf]?(?:a|o|ai|ei|ao|ou|an|en|ang|eng|i|ie|iao|in|ing|ian|u)|"
    r"[dtnl](?:a|e|ai|ei|ao|ou|an|en|ang|eng|ong|i|ie|iao|iu|in|ing|ian|iang|u|uo|ui|un|uan|v|ue)|"
    r"[gkh](?:a|e|ai|ei|ao|ou|an|en|ang|eng|ong|u|ua|uo|uai|ui|un|uan|uang)|"
    r"[jqx](?:i|ia|ie|iao|iu|ian|in|iang|ing|iong|u|ue|uan|un)|"
    r"(?:zh|ch|sh|r|z|c|s)(?:a|e|i|ai|ei|ao|ou|an|en|ang|eng|ong|u|ua|uo|uai|ui|un|uan|uang)|"
    r"y(?:a|e|i|ao|ou|an|in|ang|ing|ong|u|ue|uan|un)|w(?:a|o|ai|ei|an|en|ang|eng|u)|er)"
)
# The syllables that Korean given names are made of, as passports spell them: "Minjun", "Seoyeon".
_KOREAN = (
    "ah beom bin bo bum byung chan cheol chul da dong eul eun geun gi gyeong gyu ha han hee ho hoon hui hwan hye hyeon "
    "hyo hyuk hyun il in jae jeong ji jin jong joon jun jung kang keun ki kwang kyeong kyu kyung mi min myung na nam "
    "ra rim rin sang seo seok seong seung shin sik sol soo sook su sub suk sun sung tae won woo ye yeon yeong yong "
    "yoon young yun"
)
_TWO = re.compile(rf"(?=[a-z]{{5,12}}$)(?:{_PINYIN}{{2}}|(?:{_KOREAN.replace(' ', '|')}){{2}})")


def is_two_syllables(word: str) -> bool:
    """Return whether a word in lower case is made as given names in Pinyin or Korean are.

    >>> [is_two_syllables(word) for word in ("xiaohong", "seoyeon", "grief")]
    [True, True, False]
    """
    return _TWO.fullmatch(word) is not None
