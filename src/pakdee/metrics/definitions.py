"""What each metric means, in the words that are printed and stored beside its value.

A change of meaning raises the version; figures stored under another version are not comparable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pakdee.domain.units import Words


@dataclass(frozen=True)
class Definition:
    """One metric: its number, version and unit, its name and its meaning in Thai and English."""

    code: str
    version: int
    unit: str
    label: Words
    meaning: Words

    def text(self, settings: Mapping[str, object], language: str = "en") -> str:
        """E.g. "M1 v1, active_days=180: customers active …"."""
        return f"{self.heading(settings)}: {self.meaning.in_language(language)}"

    def heading(self, settings: Mapping[str, object]) -> str:
        """The part before the colon; it says which definition, and with which settings."""
        return ", ".join([f"{self.code} v{self.version}", *(f"{k}={v}" for k, v in settings.items())])


def _define(code: str, unit: str, name: str, thai_name: str, meaning: str, thai_meaning: str) -> Definition:
    label, text = Words({"en": name, "th": thai_name}), Words({"en": meaning, "th": thai_meaning})
    return Definition(code, 1, unit, label, text)


DEFINITIONS: Mapping[str, Definition] = {
    "retention": _define(
        "M1",
        "share",
        "Retention rate",
        "อัตราการรักษาลูกค้า",
        "of the customers active at the start, those active at the end; active = a net order "
        "in the last active_days",
        "ในลูกค้าที่เคลื่อนไหว ณ วันเริ่ม มีกี่คนยังเคลื่อนไหว ณ วันสิ้นสุด (เคลื่อนไหว = มีคำสั่งซื้อสุทธิใน active_days วันล่าสุด)",
    ),
    "ltv_historic": _define(
        "M2",
        "money",
        "Value per customer to date",
        "มูลค่าต่อลูกค้าถึงปัจจุบัน",
        "net spend to date (times margin where one is given) per customer with an order; "
        "refunds dated to the order",
        "ยอดซื้อสุทธิสะสม (คูณอัตรากำไรหากระบุ) ต่อลูกค้าที่เคยซื้อ โดยหักเงินคืนในวันที่ของคำสั่งซื้อ",
    ),
    "ltv_simple": _define(
        "M2",
        "money",
        "Lifetime value, simple",
        "มูลค่าตลอดอายุลูกค้า (อย่างง่าย)",
        "average order × orders per buyer and year × years × margin, over the 365 days before the end",
        "ยอดเฉลี่ยต่อคำสั่งซื้อ × จำนวนครั้งต่อคนต่อปี × จำนวนปี × อัตรากำไร จาก 365 วันก่อนวันสิ้นสุด",
    ),
    "ltv_retention": _define(
        "M2",
        "money",
        "Lifetime value, by retention",
        "มูลค่าตลอดอายุลูกค้า (จากอัตราคงอยู่)",
        "m·r/(1+d−r): m = yearly margin per buyer, r = share of the buyers of the year before who bought "
        "again this year, d = yearly discount rate; the first payment is one year away",
        "m·r/(1+d−r) โดย m = กำไรต่อผู้ซื้อต่อปี, r = สัดส่วนผู้ซื้อปีก่อนที่ซื้ออีกในปีนี้, d = อัตราคิดลดต่อปี รับเงินงวดแรกในอีกหนึ่งปี",
    ),
    "nps": _define(
        "M3",
        "score",
        "Net Promoter Score",
        "คะแนน NPS",
        "100 × (promoters 9–10 minus detractors 0–6) / answers; the latest answer per person and survey",
        "100 × (ผู้สนับสนุน 9–10 ลบ ผู้ไม่พอใจ 0–6) / จำนวนคำตอบ นับคำตอบล่าสุดต่อคนต่อแบบสอบถาม",
    ),
    "nps_response": _define(
        "M3",
        "share",
        "NPS response rate",
        "อัตราการตอบแบบสอบถาม NPS",
        "answers / people asked",
        "จำนวนคำตอบ / จำนวนคนที่ถูกถาม",
    ),
    "customer_churn": _define(
        "M4a",
        "share",
        "Customer churn",
        "อัตราการสูญเสียลูกค้า",
        "of the customers active at the start, those no longer active at the end; 1 − retention",
        "ในลูกค้าที่เคลื่อนไหว ณ วันเริ่ม มีกี่คนไม่เคลื่อนไหวแล้ว ณ วันสิ้นสุด เท่ากับ 1 − อัตราการรักษาลูกค้า",
    ),
    "channel_churn": _define(
        "M4b",
        "share",
        "E-mail churn",
        "อัตราการเลิกรับอีเมล",
        "of the customers contactable by e-mail at the start, those who opted out in the period",
        "ในลูกค้าที่ติดต่อทางอีเมลได้ ณ วันเริ่ม มีกี่คนขอเลิกรับระหว่างช่วงเวลา",
    ),
    "social_share": _define(
        "M5",
        "share",
        "Customers active on social media",
        "ลูกค้าที่มีส่วนร่วมทางโซเชียล",
        "active customers with a social act in the period / active customers",
        "ลูกค้าเคลื่อนไหวที่กดถูกใจ แชร์ รีวิว แสดงความเห็น หรือแนะนำต่อ / ลูกค้าเคลื่อนไหว",
    ),
    "social_per_head": _define(
        "M5",
        "acts",
        "Social acts per customer",
        "การมีส่วนร่วมทางโซเชียลต่อคน",
        "social acts of active customers in the period, capped per customer and day / active customers",
        "จำนวนการมีส่วนร่วมของลูกค้าเคลื่อนไหว (จำกัดต่อคนต่อวัน) / ลูกค้าเคลื่อนไหว",
    ),
    "multi_category_share": _define(
        "M6",
        "share",
        "Buyers of several categories",
        "ผู้ซื้อหลายหมวดสินค้า",
        "customers with kept, paid lines in two categories or more / in one or more, in the period",
        "ลูกค้าที่ซื้อสองหมวดขึ้นไป / ลูกค้าที่ซื้ออย่างน้อยหนึ่งหมวด ไม่นับของแถมและของที่คืน",
    ),
    "multi_category_ratio": _define(
        "M6",
        "ratio",
        "Several categories to one",
        "หลายหมวดต่อหมวดเดียว",
        "customers with two categories or more : with exactly one, in the period",
        "ลูกค้าที่ซื้อสองหมวดขึ้นไป : ลูกค้าที่ซื้อหมวดเดียว",
    ),
    "upsell_conversion": _define(
        "M6",
        "share",
        "Upsell conversion",
        "อัตราการตอบรับข้อเสนอเพิ่ม",
        "customers who took a further offer / who were made one",
        "ลูกค้าที่ตอบรับข้อเสนอเพิ่ม / ลูกค้าที่ได้รับข้อเสนอ",
    ),
    "referral_share": _define(
        "M7",
        "share",
        "New buyers by referral",
        "ลูกค้าใหม่จากการบอกต่อ",
        "first-time buyers of the period whom a customer referred / all first-time buyers of "
        "the period; referring oneself does not count",
        "ผู้ซื้อครั้งแรกที่มีลูกค้าแนะนำ / ผู้ซื้อครั้งแรกทั้งหมด ไม่นับการแนะนำตัวเอง",
    ),
    "referral_conversion": _define(
        "M7",
        "share",
        "Referral conversion",
        "อัตราความสำเร็จของการบอกต่อ",
        "invitations of the period that led to an order / invitations of the period",
        "คำชวนที่นำไปสู่คำสั่งซื้อ / คำชวนทั้งหมดในช่วงเวลา",
    ),
    "referral_k": _define(
        "M7",
        "ratio",
        "Viral coefficient K",
        "ค่าสัมประสิทธิ์การบอกต่อ K",
        "invitations per inviting customer × referral conversion",
        "จำนวนคำชวนต่อผู้ชวนหนึ่งคน × อัตราความสำเร็จของการบอกต่อ",
    ),
    "repeat_rate": _define(
        "M8",
        "share",
        "Repeat purchase rate",
        "อัตราการซื้อซ้ำ",
        "customers with two net orders or more / with one or more, ever before the end",
        "ลูกค้าที่มีคำสั่งซื้อสุทธิสองครั้งขึ้นไป / อย่างน้อยหนึ่งครั้ง นับตั้งแต่ต้นถึงวันสิ้นสุด",
    ),
    "repeat_rate_90d": _define(
        "M8",
        "share",
        "Second purchase within 90 days",
        "ซื้อครั้งที่สองภายใน 90 วัน",
        "customers with a second order within 90 days of the first / customers whose first order is that old",
        "ลูกค้าที่ซื้อครั้งที่สองภายใน 90 วันจากครั้งแรก / ลูกค้าที่ครั้งแรกผ่านไปครบ 90 วันแล้ว",
    ),
    "order_frequency": _define(
        "M14",
        "orders",
        "Orders per active customer",
        "จำนวนคำสั่งซื้อต่อลูกค้าเคลื่อนไหว",
        "net orders in the period of customers active at its end / customers active at its end",
        "คำสั่งซื้อสุทธิในช่วงเวลาของลูกค้าที่เคลื่อนไหว ณ วันสิ้นสุด / จำนวนลูกค้านั้น",
    ),
    "average_order": _define(
        "M14",
        "money",
        "Average order value",
        "ยอดเฉลี่ยต่อคำสั่งซื้อ",
        "net revenue of the period, refunds dated to the refund / net orders of the period; with guests",
        "รายได้สุทธิในช่วงเวลา (หักเงินคืนตามวันที่คืน) / คำสั่งซื้อสุทธิ รวมผู้ซื้อที่ไม่ได้เป็นสมาชิก",
    ),
    "guest_share": _define(
        "M14",
        "share",
        "Guests' part of revenue",
        "สัดส่วนรายได้จากผู้ซื้อทั่วไป",
        "net revenue of orders without a customer / net revenue of the period",
        "รายได้สุทธิจากคำสั่งซื้อที่ไม่มีรหัสลูกค้า / รายได้สุทธิในช่วงเวลา",
    ),
    "order_gap": _define(
        "M14",
        "days",
        "Days between orders",
        "ระยะห่างระหว่างคำสั่งซื้อ",
        "median days between successive order days of a customer, the later one in the period; n = gaps",
        "มัธยฐานของจำนวนวันระหว่างวันที่ซื้อที่ติดกันของลูกค้าคนเดียว โดยวันหลังอยู่ในช่วงเวลา",
    ),
    "delivered": _define(
        "M18",
        "share",
        "Delivered",
        "ส่งถึง",
        "messages delivered / messages processed",
        "ข้อความที่ส่งถึง / ข้อความที่ผู้ให้บริการรับไปส่ง",
    ),
    "human_opens": _define(
        "M18",
        "share",
        "Opened by people",
        "เปิดอ่านโดยคน",
        "messages with an open that is not a machine's / delivered; decides nothing, opens are unreliable",
        "ข้อความที่คนเปิดอ่าน (ไม่นับเครื่อง) / ข้อความที่ส่งถึง ใช้ดูประกอบเท่านั้น",
    ),
    "human_clicks": _define(
        "M18",
        "share",
        "Clicked by people",
        "คลิกโดยคน",
        "messages with a click that is not a machine's / delivered",
        "ข้อความที่คนคลิก (ไม่นับเครื่อง) / ข้อความที่ส่งถึง",
    ),
    "click_to_open": _define(
        "M18",
        "share",
        "Clicked after opening",
        "คลิกหลังเปิดอ่าน",
        "messages with a human open and a human click / with a human open",
        "ข้อความที่คนเปิดและคลิก / ข้อความที่คนเปิด",
    ),
    "unsubscribes": _define(
        "M18",
        "share",
        "Unsubscribed",
        "ขอเลิกรับ",
        "messages unsubscribed from / delivered",
        "ข้อความที่ทำให้ขอเลิกรับ / ข้อความที่ส่งถึง",
    ),
    "complaints": _define(
        "M18",
        "share",
        "Marked as spam",
        "ถูกแจ้งว่าเป็นสแปม",
        "messages complained about / delivered; keep below 0.1 %, never 0.3 % or more",
        "ข้อความที่ถูกแจ้งว่าเป็นสแปม / ข้อความที่ส่งถึง ควรต่ำกว่า 0.1 % และห้ามถึง 0.3 %",
    ),
    "bounces": _define(
        "M18",
        "share",
        "Bounced",
        "ตีกลับ",
        "messages bounced or blocked / messages processed",
        "ข้อความที่ตีกลับหรือถูกปฏิเสธ / ข้อความที่ผู้ให้บริการรับไปส่ง",
    ),
}

# Of one campaign, not of the shop: asked for by their own door.
CAMPAIGN_DEFINITIONS: Mapping[str, Definition] = {
    "goal_reached": _define(
        "M16",
        "share",
        "Ordered after the mail",
        "สั่งซื้อหลังได้รับอีเมล",
        "messages whose reader had a net order within days, from the day the mail was due / messages planned",
        "ข้อความที่ผู้รับมีคำสั่งซื้อสุทธิภายใน days วัน นับจากวันที่ส่ง / ข้อความที่วางแผนส่ง",
    ),
    "goal_held_out": _define(
        "M16",
        "share",
        "Ordered without it",
        "สั่งซื้อโดยไม่ได้รับอีเมล",
        "held out by chance, with a net order within the same days / held out",
        "ผู้ที่ถูกสุ่มกันไว้และมีคำสั่งซื้อสุทธิในช่วงวันเดียวกัน / ผู้ที่ถูกสุ่มกันไว้",
    ),
    "lift": _define(
        "M16",
        "points",
        "Lift over the held out",
        "ผลที่เพิ่มขึ้นเทียบกับกลุ่มที่กันไว้",
        "share that ordered of those planned to be mailed, less that of the held out, in percentage points; "
        "an interval that holds 0 shows no effect",
        "ส่วนต่าง (จุดร้อยละ) ระหว่างสัดส่วนผู้สั่งซื้อของกลุ่มที่ส่งกับกลุ่มที่กันไว้ หากช่วงเชื่อมั่นคร่อม 0 ถือว่ายังไม่เห็นผล",
    ),
}


def definition_of(metric: str) -> Definition:
    """What `metric` means."""
    return DEFINITIONS.get(metric) or CAMPAIGN_DEFINITIONS[metric]
