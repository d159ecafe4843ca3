"""What mail programs write around quotations and under letters, by language. Data for ``quotes`` and ``signatures``.

Every pattern looks at one line of at most LINE characters and is anchored at its start, or looks for fixed words:
no nested repetition, so that time stays linear (hazards A9).
"""

from __future__ import annotations

import re

LINE = 400

# --- "On … wrote:" ----------------------------------------------------------------------------------

_VERBS = (
    r"wrote|writes|said|écrit|ecrit|schrieb|schreibt|escribió|escribio|escreveu|scritto|scrive|schreef|skrev|skriver"
    r"|napisał(?:\(?a\)?)?|pisze|napsal(?:\(?a\)?)?|napísal|kirjoitti|írta|scris|написал(?:\(?а\)?)?|пишет|написав|пише"
    r"|yazdı|έγραψε|كتب|כתב|menulis|đã viết|เขียนว่า|ने लिखा|escrigué|va escriure|napisao"
)
# Latin and Cyrillic verbs stand as words; Chinese, Japanese and Korean ones end the line.
WROTE = re.compile(
    rf"(?<!\w)(?:{_VERBS})(?!\w)|写道|寫道|写到|撰寫|书写|のメール|さんは書|書きました|님이 작성|작성[:：]|님이 쓴",
    re.IGNORECASE,
)
# How such a line begins: a word before a date, a weekday, a date itself, or a message id.
ATTRIBUTION_START = re.compile(
    r"[\s*_\"«]{0,4}(?:"
    r"(?:on|at|am|le|el|il|em|a|op|den|på|dne|dňa|w dniu|dnia|in message|in article|quoting|στις|în|на|з|vào|pada|在)"
    r"(?:\s|(?=\d))|\d{1,4}\s?[-./年년]\s?\d{1,2}|\d{1,2}\.?\s[^\W\d]{3,12}\.?,?\s\d{4}|"
    r"(?:mon|tue|wed|thu|fri|sat|sun|man|tir|ons|tor|fre|lør|søn|lör|sön|mån|tis|ma|di|ke|to|pe|la|su|пн|вт|ср|чт|пт|"
    r"сб|вс)[^\W\d]{0,8}[.,]{0,2}\s(?:den\s)?\d)",
    re.IGNORECASE,
)
# A full name in quotation marks and the verb, and nothing else: "Doe, Jane" wrote:
NAME_WROTE = re.compile(rf"[\"“'][^\"“”']{{3,60}}[\"”']\s(?:{_VERBS})\s?[:：]\s*$", re.IGNORECASE)
ADDRESS_HINT = re.compile(r"[<(\[＜]\s?(?:mailto:)?[^\s<>()\[\]@]{1,100}@")
DATE_HINT = re.compile(r"\d{4}|\d{1,2}[:.h]\d{2}|\d{1,2}[/.-]\d{1,2}")

# --- "----- Original Message -----" -----------------------------------------------------------------

_ORIGINAL = (
    r"original (?:message|appointment|e-?mail)|forwarded (?:message|by|e-?mail)|forward header|reply (?:header|separator)"
    r"|(?:mensaje|correo) (?:original|reenviado)|message (?:d'origine|original|transféré|transmis|transfer)"
    r"|courriel original|e-?mail d'origine|urspr[uü]ngliche (?:nachricht|mail)|original(?:nachricht|-nachricht)"
    r"|weitergeleitete? (?:nachricht|mail)|weitergeleitet (?:von|durch)|mensagem (?:original|encaminhada|reencaminhada)"
    r"|(?:messaggio|email) (?:originale|inoltrat[oa])|oorspronkelijk(?:e)? (?:bericht|e-?mail)|doorgestuurd bericht"
    r"|ursprungligt meddelande|originalmeddelande|vidarebefordrat (?:meddelande|brev)|opprinnelig melding"
    r"|videresendt (?:melding|meddelelse)|oprindelig (?:meddelelse|besked)|alkuperäinen viesti|välitetty viesti"
    r"|wiadomość oryginalna|oryginalna wiadomość|przekazana wiadomość|původní zpráva|přeposlaná zpráva"
    r"|eredeti üzenet|továbbított levél|mesajul? original|mesaj redirecționat|исходное сообщение|пересылаемое сообщение"
    r"|оригинальное сообщение|orijinal (?:ileti|mesaj)|özgün ileti|iletilen mesaj|αρχικό μήνυμα|προωθημένο μήνυμα"
    r"|原始邮件|原始郵件|原始信件|原邮件|转发的?邮件|轉寄的?郵件|转发邮件信息|元のメッセージ|元のメール|オリジナルメッセージ|転送メッセージ"
    r"|転送されたメッセージ|원본 메시지|원본 메일|전달된 메시지|전달한 메시지|الرسالة الأصلية|הודעה מקורית"
)
DIVIDER = re.compile(rf"\s{{0,8}}[-_=*#]{{2,80}}\s{{0,8}}(?:start of |inizio )?(?:{_ORIGINAL})", re.IGNORECASE)
# Apple Mail: a line of its own, without dashes.
FORWARDED = re.compile(
    r"\s{0,8}(?:begin forwarded message|start of forwarded message|début du message (?:transféré|réexpédié)"
    r"|anfang der weitergeleiteten (?:nachricht|e-?mail)|inicio del mensaje reenviado|início da mensagem (?:re)?encaminhada"
    r"|inizio messaggio inoltrato|begin doorgestuurd bericht|vidarebefordrat brev|videresendt (?:melding|besked)"
    r"|start på (?:videresendt melding|den videresendte besked)|początek przekazywanej wiadomości"
    r"|начало переадресованного сообщения|下面是被转发的邮件|开始转发的邮件|以下為轉寄的郵件|転送されたメッセージ|전달된 메시지)"
    r"\s{0,4}[:：]?\s{0,8}$",
    re.IGNORECASE,
)
RULE = re.compile(r"\s*(?:[-_=*]{5,}|[-_=]{3,} ?[^-_=]{3,40} ?[-_=]{3,})\s*$")

# --- From: / Sent: / To: / Subject: -----------------------------------------------------------------

_FIELD_NAMES = {
    "from": "from|de|von|da|van|från|fra|od|lähettäjä|från|от|от кого|kimden|gönderen|feladó|de la|odesílatel|από|发件人"
    "|發件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람|발신|من|מאת|от|dari|từ",
    "sent": "sent|enviado|enviado el|enviado em|enviada|enviada em|envoyé|envoyé le|gesendet|gesendet am|inviato"
    "|verzonden|skickat|sendt|wysłano|wysłane|lähetetty|отправлено|gönderildi|gönderme tarihi|odesláno|elküldve|trimis"
    "|发送时间|發送時間|寄件日期|已傳送|送信日時|送信|보낸 날짜|보낸날짜|received|reçu",
    "date": "date|fecha|data|datum|dato|päivä|дата|tarih|dátum|日期|日付|日時|날짜|تاريخ|תאריך|when|tanggal|ngày",
    "to": "to|para|à|a|an|aan|till|til|do|dla|vastaanottaja|кому|kime|alıcı|címzett|către|pro|komu|προς|收件人|收件者"
    "|宛先|받는 사람|받는사람|수신|إلى|אל|kepada|đến|destinataire|destinatario",
    "cc": "cc|cc to|kopie|copia|copie|kopia|kopi|dw|копия|bilgi|抄送|副本|참조|bcc|reply-to|antwort an|répondre à|sent by"
    "|importance|prioridad|wichtigkeit",
    "subject": "subject|asunto|objet|sujet|betreff|assunto|oggetto|onderwerp|ämne|emne|temat|aihe|тема|konu|předmět"
    "|tárgy|subiect|θέμα|主题|主題|主旨|件名|제목|الموضوع|נושא|perihal|chủ đề|re",
}
FIELDS = {name: field for field, names in _FIELD_NAMES.items() for name in names.split("|")}

# Lotus Notes puts name and date above "To:", without "From:".
NOTES_DATE = re.compile(
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},?\s{1,3}(?:at\s)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AP]M)?\s*$", re.IGNORECASE
)

# --- below the letter -------------------------------------------------------------------------------

_DEVICE = r"[^.!?,:;]{1,40}(?:\([^()]{1,40}\))?[.!]?(?:\s*(?:<?https?://\S*|[,-].{0,60}|please excuse.{0,60}))?\s*$"
MOBILE = re.compile(
    rf"\s*(?:sent (?:from|via|with|using) (?:my|mail for|outlook|yahoo|gmail|proton|samsung|spark|an?|the all-new)\b{_DEVICE}"
    rf"|sent from mailbox|get (?:bluemail|outlook) for\b|download (?:the )?outlook\b{_DEVICE}"
    rf"|(?:enviad[oa]|mandado) (?:desde|a partir de|do|de|com|con|através) (?:mi|meu|o|el|mon|outlook|yahoo|correo|samsung)\b{_DEVICE}"
    rf"|(?:envoyé|provenance|télécharge[rz]) (?:de(?:puis)?|à partir d[e']|via|outlook|:)\s?(?:mon|ma|outlook|yahoo|courrier|samsung)?\b{_DEVICE}"
    rf"|von mein\w{{1,2}} {_DEVICE}|gesendet (?:von|mit|über) {_DEVICE}|diese nachricht wurde von mein\w{{1,2}} {_DEVICE}"
    rf"|(?:outlook|mail) für (?:ios|android)\b{_DEVICE}|hol dir outlook\b{_DEVICE}"
    rf"|inviato (?:da|dal|con) {_DEVICE}|(?:verzonden|verstuurd|verstuurt) (?:vanaf|met|vanuit|via) {_DEVICE}"
    rf"|skickat (?:från|med) {_DEVICE}|sendt fra (?:min|mit|outlook|mail) {_DEVICE}|hent outlook\b{_DEVICE}"
    rf"|wysłan[eo] (?:z|przy użyciu|z mojego) {_DEVICE}|отправлено (?:с|из) {_DEVICE}"
    rf"|[^ ]{{0,30}}(?:den|dan) gönderildi\s*$|lähetetty (?:laitteesta )?\w+ ?{_DEVICE}"
    r"|(?:发|發|來)自我的 ?.{1,30}$|从我的.{1,30}(?:发送|发出)$|(?:my )?.{1,25}から(?:の?送信|送信)(?:され(?:まし)?た)?\s*$"
    r"|(?:나의|내) .{1,25}에서 (?:보냄|보냈습니다)\.?$|获取 ?outlook|取得 ?outlook|outlook for (?:ios|android|mac)(?:を入手|\s*$|<))",
    re.IGNORECASE,
)
DISCLAIMER = re.compile(
    r"[\s*_#|\"'(\[-]{0,40}(?:"
    r"(?:this|the|any) (?:e-?mail|message|communication|transmission|electronic|information|contents?|document)\b.{0,250}"
    r"\b(?:confidential|privileged|intended (?:recipient|only|solely|for)|virus|proprietary)"
    r"|(?:confidentiality|privacy|legal|virus) (?:notice|note|statement|disclaimer|warning)|disclaimer\b|e-?mail disclaimer"
    r"|privileged (?:and|/|&) confidential (?:communication|information)|if you (?:have received|are not the intended)"
    r"|please consider the environment|(?:think|consider).{0,30}before (?:you )?print"
    r"|(?:ce|cet|cette|le présent) (?:message|courriel|e-?mail|mail|courrier)\b.{0,200}confidenti"
    r"|diese (?:e-?mail|nachricht|mail)\b.{0,200}vertraulich|der inhalt dieser (?:e-?mail|nachricht)"
    r"|(?:este|esta) (?:correo|mensaje|e-?mail|mensagem|comunicación|mensaje electrónico)\b.{0,200}confiden[cz]ia"
    r"|(?:questo messaggio|questa e-?mail|la presente e-?mail|le informazioni contenute)\b.{0,200}(?:riservat|confidenzial)"
    r"|dit (?:e-?mail)?bericht\b.{0,200}vertrouwelijk|de informatie in dit|avis de confidentialité|aviso (?:legal|de confid)"
    r"|(?:detta|denna|denne|dette) .{0,40}\b(?:konfidentiell|fortrolig|sekretess)"
    r"|本邮件.{0,60}(?:保密|机密)|本郵件.{0,60}(?:保密|機密)|このメール.{0,60}(?:機密|秘密)|본 메일.{0,60}(?:기밀|비밀))",
    re.IGNORECASE,
)
LIST_FOOTER = re.compile(
    r"\s*(?:you received this message because you are subscribed|to unsubscribe|.{0,60}mailing list\s*$|unsubscribe:"
    r"|.{0,80}mailman/listinfo|list archives?:)",
    re.IGNORECASE,
)

# --- contact blocks ---------------------------------------------------------------------------------

CONTACT_LINE = re.compile(
    r"\s*(?:"
    r"(?:[^\W\d]{1,10}\.?\s?[:.|]?\s{0,2}\(?)?(?:\+|00)?\(?\d[\d\s().\-–/]{6,22}\d(?:\s?(?:x|ext\.?|dw|durchwahl)\s?\d{1,6})?"
    r"(?:\s?\(?(?:[^\W\d]{1,10})\)?)?(?:\s?[|·•,/].{0,120})?"
    r"|(?:[^\W\d]{1,10}\s?[:|]\s?)?<?(?:mailto:)?[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}>?(?:\s?[|·•,/<].{0,120})?"
    r"|(?:[^\W\d]{1,10}\s?[:|]\s?)?<?(?:https?://\S{3,150}|www\.\S{3,100})(?:\s?[|·•,/].{0,120})?"
    r")\s*$",
    re.IGNORECASE,
)
# A block with these is about a call, and not about its writer.
CALL_WORDS = re.compile(
    r"dial|pass ?code|\bpin\b|\bcode\b|conference|zoom|webex|teams\.|meet\.google|join|meeting|bridge|einwahl|password",
    re.IGNORECASE,
)
SIGN_OFF = re.compile(
    r"\s*(?:(?:all the |with |my )?(?:best|kind|warm|many|kindest|warmest|sincere|cordial)\w*(?:\s\w{1,12}){0,2}|regards|thanks|thank you"
    r"|cheers|sincerely|yours(?:\s\w{1,12}){0,2}|cordially|respectfully|saludos|un abrazo|atentamente|cordialement"
    r"|bien à (?:vous|toi)|amicalement|viele gr[uü]ße|mit freundlichen gr[uü]ßen|liebe gr[uü]ße|gru[sß]s?|lg|mfg|abraços?"
    r"|atenciosamente|obrigad[oa]|cordiali saluti|un saluto|grazie|met vriendelijke groet(?:en)?|groet(?:en|jes)?|mvg"
    r"|med vänlig(?:a)? hälsning(?:ar)?|mvh|venlig hilsen|hilsen|pozdrawiam|с уважением|saygılarımla)\s*[,.!]?\s*$",
    re.IGNORECASE,
)
COMPANY_END = re.compile(
    r"\b(?:inc|ltd|co|corp|llc|llp|jr|sr|gmbh|s\.a|b\.v|ph\.d|m\.d|esq|dept|st|ave)\.$", re.IGNORECASE
)
SMALL_WORDS = frozenset(
    "of and the for at in to & | - – · / de la le du des und für der die del el y e di da van von und en et".split()
)
