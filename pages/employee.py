"""How are the people who did it, in depth? Never fewer than five of them. Role: executive."""

from ui import access, deep, skills, teams, tenure, workload

access.require("executive")
view, lang = deep.page("employee")
teams.teams(view, lang)
workload.workload(view, lang)
tenure.staying(view, lang)
skills.skills(view, lang)
