"""How do clients behave, whose money is it, and what is a client worth? Role: executive."""

from ui import access, cohorts, deep, money, paying, profit

access.require("executive")
view, lang = deep.page("transactional")
money.by_class(view, lang)
money.moved(view, lang)
profit.worth(view, lang)
paying.ageing(view, lang)
paying.debtors(view, lang)
cohorts.again(view, lang)
