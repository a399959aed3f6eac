"""What did our processes do to the clients, in depth? Role: executive."""

from ui import access, ageing, deep, flow, handovers, steps

access.require("executive")
view, lang = deep.page("operational")
flow.process_map(view, lang)
steps.sla(view, lang)
ageing.ageing(view, lang)
steps.rework(view, lang)
handovers.hand_overs(view, lang)
