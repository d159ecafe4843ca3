"""Gmail's labels as Takeout and IMAP write them: in the account's language, often as encoded words."""

from __future__ import annotations

import re
from functools import lru_cache

from thread_finder.mail.encoded_words import decode_text
from thread_finder.model import Label

_ITEM = re.compile(r'\s*(?:"([^"]*)"|([^,]*))\s*(?:,|$)')

# The system labels in Gmail's interface languages, lower case (mail.google.com; IMAP names of RFC 6154 in "\\...").
_NAMES: dict[Label, str] = {
    Label.INBOX: """inbox|\\inbox|recibidos|bandeja de entrada|boîte de réception|messages reçus|posteingang|entrada
        |caixa de entrada|a receber|posta in arrivo|postvak in|受信トレイ|收件箱|收件匣|받은편지함|inkorg|inkorgen|innboks
        |indbakke|odebrane|skrzynka odbiorcza|входящие|gelen kutusu|saapuneet|postilaatikko|doručená pošta|doručené
        |beérkező levelek|mesaje primite|inbox primit|вхідні|εισερχόμενα|البريد الوارد|דואר נכנס|kotak masuk
        |hộp thư đến|กล่องจดหมาย|इनबॉक्स|safata d'entrada|входящи|prejeto|primljeno""",
    Label.SENT: r"""sent|\sent|sent mail|sent messages|enviados|correo enviado|messages envoyés|envoyés|gesendet
        |e-mails enviados|e-mail enviado|correio enviado|itens enviados|posta inviata|inviati|verzonden|verzonden berichten
        |送信済みメール|送信済み|已发送|已发邮件|已傳送|寄件備份|已傳送郵件|보낸편지함|skickat|skickade|skickade mail|sendt|sendte
        |sendt e-post|sendte mails|wysłane|отправленные|gönderilmiş postalar|gönderilmiş|gönderilenler|lähetetyt
        |odeslaná pošta|odeslané|odoslané|elküldött levelek|elküldött|mesaje trimise|trimise|надіслані|απεσταλμένα
        |البريد المرسل|المرسلة|דואר יוצא|נשלח|terkirim|surat terkirim|thư đã gửi|đã gửi|ส่งแล้ว|จดหมายที่ส่งแล้ว
        |भेजे गए|भेजा गया|enviats|изпратени|poslano""",
    Label.DRAFT: r"""draft|drafts|\draft|\drafts|borradores|brouillons|entwürfe|rascunhos|bozze|concepten|下書き|草稿
        |임시보관함|utkast|kladder|kladde|wersje robocze|черновики|taslaklar|luonnokset|koncepty|rozepsané|piszkozatok
        |mesaje nefinalizate|schițe|чернетки|πρόχειρα|المسودات|مسودات|טיוטות|draf|konsep|thư nháp|bản nháp|ร่างจดหมาย
        |แบบร่าง|ड्राफ़्ट|esborranys|чернови|osnutki|skice""",
    Label.SPAM: r"""spam|\spam|\junk|junk|junk mail|correo no deseado|pourriel|spams|courrier indésirable|lixo eletrônico
        |lixo eletrónico|迷惑メール|垃圾邮件|垃圾郵件|스팸함|스팸|skräppost|søppelpost|uønsket post|спам|istenmeyen
        |roskaposti|nevyžádaná pošta|levélszemét|ανεπιθύμητα|ανεπιθύμητη αλληλογραφία|الرسائل غير المرغوب فيها
        |غير مرغوب فيها|ספאם|דואר זבל|thư rác|จดหมายขยะ|สแปม|स्पैम|correu brossa""",
    Label.TRASH: r"""trash|\trash|bin|deleted|deleted items|deleted messages|papelera|corbeille|papierkorb|lixeira|lixo
        |reciclagem|cestino|prullenbak|prullenmand|ゴミ箱|已删除邮件|已删除|垃圾箱|回收站|垃圾桶|휴지통|papperskorg
        |papperskorgen|papirkurv|papirkurven|papperskurv|søppel|søppelkurv|kosz|корзина|çöp kutusu|çöp|roskakori|koš|kôš
        |kuka|coș de gunoi|кошик|κάδος απορριμμάτων|κάδος|المهملات|سلة المهملات|אשפה|sampah|thùng rác|ถังขยะ|ट्रैश
        |paperera|кошче|smetnjak|smeće""",
}
_LABELS = {name.strip(): label for label, names in _NAMES.items() for name in names.split("|")}


def gmail_labels(value: str | bytes) -> frozenset[Label]:
    """The labels of an X-Gmail-Labels value that matter here, whatever the language.

    Encoded words are decoded before the value is split at its commas: a comma inside one separates as well.
    """
    return _cached(value if isinstance(value, str) else value.decode("utf-8", "surrogateescape"))


@lru_cache(maxsize=4096)
def _cached(value: str) -> frozenset[Label]:
    items = (quoted or plain for quoted, plain in _ITEM.findall(decode_text(value)))
    return frozenset(label for item in items if (label := _LABELS.get(item.strip().lower())))
