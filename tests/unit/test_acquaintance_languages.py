"""One acquaintance told in every language: an order first, a visit arranged, moved by a day, and a note afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from thread_finder.finding.find import find
from thread_finder.finding.lexicon import languages
from thread_finder.model import Address, Contact, Finding, Kind, Message, Owner, Thread

ME, HER = Address("ida@marl.example", "Ida Marl"), Address("noor@quince.example", "Noor Quince")
MONDAY = datetime(2024, 3, 4, 9, tzinfo=UTC)

# (order, thanks for it, asks, answers, moves, agrees, the note after Friday the 22nd)
TOLD = {
    "en": (
        "Two chairs please, delivered by Thursday.",
        "Thank you for your order, the invoice is attached.",
        "I would love to see how you bend the wood. Could I come by one afternoon?",
        "Come on Thursday the 21st at three, ring the lower bell.",
        "My kiln man is ill. Could we make it Friday instead?",
        "Friday at three it is.",
        "Thank you for Friday. I keep thinking about what you said about patience.",
    ),
    "de": (
        "Bitte zwei Stühle, Lieferung bis Donnerstag.",
        "Vielen Dank für Ihre Bestellung, die Rechnung liegt bei.",
        "Ich würde gern einmal sehen, wie Sie das Holz biegen. Dürfte ich an einem Nachmittag vorbeikommen?",
        "Kommen Sie am Donnerstag, den 21., um 15 Uhr, unten klingeln.",
        "Mein Ofenmann ist krank. Ginge es auch am Freitag?",
        "Freitag um drei passt gut.",
        "Vielen Dank für den Freitag. Ihr Satz über die Geduld geht mir nicht aus dem Kopf.",
    ),
    "fr": (
        "Deux chaises, s'il vous plaît, livrées avant jeudi.",
        "Merci pour votre commande, la facture est jointe.",
        "J'aimerais voir comment vous pliez le bois. Pourrais-je passer un après-midi ?",
        "Venez jeudi 21 à 15 h, sonnez en bas.",
        "Mon homme du four est malade. Pouvons-nous décaler à vendredi ?",
        "Vendredi à 15 h, c'est noté.",
        "Merci pour vendredi. Je repense à ce que vous disiez de la patience.",
    ),
    "es": (
        "Dos sillas, por favor, con entrega antes del jueves.",
        "Gracias por su pedido, adjunto la factura.",
        "Me encantaría ver cómo dobla usted la madera. ¿Podría pasarme una tarde?",
        "Venga el jueves 21 a las tres, toque el timbre de abajo.",
        "Mi hornero está enfermo. ¿Podemos pasarlo al viernes?",
        "El viernes a las tres, perfecto.",
        "Gracias por la tarde del viernes. Sigo pensando en lo que me dijo de la paciencia.",
    ),
    "pt": (
        "Duas cadeiras, por favor, com entrega até quinta.",
        "Obrigada pela sua encomenda, segue a fatura.",
        "Gostava muito de ver como dobra a madeira. Posso passar uma tarde?",
        "Venha na quinta-feira, dia 21, às 15h, toque em baixo.",
        "O meu forneiro está doente. Podemos adiar para sexta?",
        "Sexta às 15h, combinado.",
        "Obrigada por sexta. Não me esqueço do que disse sobre a paciência.",
    ),
    "it": (
        "Due sedie, per favore, consegna entro giovedì.",
        "Grazie per il suo ordine, allego la fattura.",
        "Mi piacerebbe vedere come piega il legno. Potrei passare un pomeriggio?",
        "Venga giovedì 21 alle 15, suoni in basso.",
        "Il mio fornaio è malato. Possiamo spostare a venerdì?",
        "Venerdì alle 15, va benissimo.",
        "Grazie per venerdì. Ripenso spesso a quello che ha detto della pazienza.",
    ),
    "nl": (
        "Twee stoelen graag, levering voor donderdag.",
        "Bedankt voor uw bestelling, de factuur zit erbij.",
        "Ik zou graag eens zien hoe u het hout buigt. Mag ik een middag langskomen?",
        "Kom donderdag 21 om 15 uur, onderste bel.",
        "Mijn ovenman is ziek. Kunnen we het verzetten naar vrijdag?",
        "Vrijdag om 15 uur is prima.",
        "Bedankt voor vrijdag. Wat u zei over geduld laat me niet los.",
    ),
    "sv": (
        "Två stolar, tack, leverans före torsdag.",
        "Tack för din beställning, fakturan bifogas.",
        "Jag skulle gärna vilja se hur du böjer träet. Får jag komma förbi en eftermiddag?",
        "Kom torsdag den 21 kl. 15, ring på nedre klockan.",
        "Min ugnskarl är sjuk. Kan vi flytta det till fredag?",
        "Fredag kl. 15 passar bra.",
        "Tack för i fredags. Det du sa om tålamod släpper mig inte.",
    ),
    "no": (
        "To stoler, takk, levering innen torsdag.",
        "Takk for bestillingen din, fakturaen er vedlagt.",
        "Jeg skulle gjerne sett hvordan du bøyer treet. Kan jeg komme innom en ettermiddag?",
        "Kom torsdag den 21. kl. 15, ring på nederst.",
        "Ovnsmannen min er syk. Kan vi flytte det til fredag?",
        "Fredag kl. 15 passer bra.",
        "Takk for sist. Det du sa om tålmodighet slipper meg ikke.",
    ),
    "da": (
        "To stole, tak, levering inden torsdag.",
        "Tak for din bestilling, fakturaen er vedhæftet.",
        "Jeg ville gerne se, hvordan du bøjer træet. Må jeg kigge forbi en eftermiddag?",
        "Kom torsdag den 21. kl. 15, ring på nederst.",
        "Min ovnmand er syg. Kan vi flytte det til fredag?",
        "Fredag kl. 15 passer fint.",
        "Tak for i fredags. Det du sagde om tålmodighed, slipper mig ikke.",
    ),
    "ja": (
        "椅子を二脚、木曜日までにお願いいたします。",
        "ご注文ありがとうございます。請求書を添付いたします。",
        "木を曲げるところを一度見せていただけませんか。午後に伺えればと思います。",
        "21日（木）の15時にいらしてください。下のベルを鳴らしてください。",
        "窯の者が体調を崩しました。木曜ではなく金曜に変更できますか。",
        "承知しました。金曜の15時に伺います。",
        "金曜日はありがとうございました。忍耐についてのお言葉が今も心に残っています。",
    ),
    "zh": (
        "请送两把椅子，周四之前。",
        "感谢您的订购，发票见附件。",
        "我很想去看看您怎么弯木头，哪天下午方便让我过去坐坐吗？",
        "21号周四下午3点过来吧，按下面的门铃。",
        "窑工病了，能改到周五吗？",
        "好的，周五下午3点。",
        "谢谢您周五带我参观。您说的关于耐心的那句话我一直记着。",
    ),
    "ko": (
        "의자 두 개를 목요일까지 부탁드립니다.",
        "주문해 주셔서 감사합니다. 계산서를 첨부합니다.",
        "나무를 구부리시는 모습을 보고 싶습니다. 오후에 한번 찾아뵈어도 될까요?",
        "21일 목요일 3시에 오세요. 아래 초인종을 눌러 주세요.",
        "가마 기사가 아픕니다. 금요일로 바꿀 수 있을까요?",
        "네, 금요일 3시에 뵙겠습니다.",
        "금요일에는 정말 감사했습니다. 인내에 대해 하신 말씀이 자꾸 떠오릅니다.",
    ),
}


def mail(day: int, who: Address, text: str, subject: str = "", after: Message | None = None) -> Message:
    return Message(
        id=f"{day}.{who.email}",
        message_id=f"<{day}.{who.email}>",
        date=MONDAY + timedelta(days=day),
        from_=who,
        to=(HER if who is ME else ME,),
        subject=subject,
        references=(after.message_id,) if after else (),
        new_text=text,
    )


def told(language: str, *, with_note: bool = True) -> tuple[Finding, dict[str, Thread]]:
    order, thanked, asks, answers, moves, agrees, note = TOLD[language]
    first = mail(-60, ME, order)
    ask = mail(0, ME, asks)
    threads = {
        "order": Thread("order", (first, mail(-59, HER, thanked, after=first))),
        "visit": Thread("visit", (ask, mail(1, HER, answers), mail(10, HER, moves), mail(11, ME, agrees, after=ask))),
        "note": Thread("note", (mail(21, ME, note), mail(22, HER, "☺"))),
    }
    given = [thread for name, thread in threads.items() if with_note or name != "note"]
    contact = Contact("Noor Quince", (HER.email,), language=language)
    return find(contact, Owner("Ida Marl", (ME.email,)), tuple(given)), threads


def test_every_language_has_its_story() -> None:
    assert set(TOLD) == set(languages())


@pytest.mark.parametrize("language", sorted(TOLD))
def test_the_note_after_the_visit_is_found_and_dated(language: str) -> None:
    found, threads = told(language)
    assert found.thread == threads["note"]
    assert found.kind is Kind.THANK_YOU
    assert str(found.met_on) == "2024-03-22"


@pytest.mark.parametrize("language", sorted(TOLD))
def test_without_a_note_the_arrangement_is_found_and_not_the_order(language: str) -> None:
    found, threads = told(language, with_note=False)
    assert found.thread == threads["visit"]
    assert found.kind is Kind.SCHEDULING
    assert str(found.met_on) == "2024-03-22"
    assert found.parent == threads["visit"].messages[-1]
