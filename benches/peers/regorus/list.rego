# The list for the 2025 Dashboard, for one agency.
#
# input.kind    district, county_office or charter
# input.years   year -> student group -> indicator -> {color, status, enough}; what is absent is left out
# input.local   year -> priorities whose local indicator is not met for two or more years
package list

import rego.v1

# ELA and mathematics: one Red, the other Orange or worse.
tests(cells) if {
	cells.ELA.color == 1
	cells.MATH.color <= 2
}

tests(cells) if {
	cells.MATH.color == 1
	cells.ELA.color <= 2
}

lowest(cell) if {
	cell.status == 1
	cell.enough
}

# 2022: the lowest status of enough pupils.
meets_2022(4, _, cells) if {
	lowest(cells.ELA)
	lowest(cells.MATH)
}

meets_2022(4, "EL", cells) if lowest(cells.ELPI)

meets_2022(5, _, cells) if lowest(cells.GRAD)

meets_2022(5, _, cells) if lowest(cells.CHRO)

meets_2022(6, _, cells) if lowest(cells.SUSP)

# 2023: college/career by status.
meets_2023(4, _, cells) if tests(cells)

meets_2023(4, "EL", cells) if cells.ELPI.color == 1

meets_2023(5, _, cells) if cells.GRAD.color == 1

meets_2023(5, _, cells) if cells.CHRO.color == 1

meets_2023(6, _, cells) if cells.SUSP.color == 1

meets_2023(8, _, cells) if lowest(cells.CCI)

meets_2024(4, _, cells) if tests(cells)

meets_2024(4, "EL", cells) if cells.ELPI.color == 1

meets_2024(4, "LTEL", cells) if cells.ELPI.color == 1

meets_2024(5, _, cells) if cells.GRAD.color == 1

meets_2024(5, _, cells) if cells.CHRO.color == 1

meets_2024(6, _, cells) if cells.SUSP.color == 1

meets_2024(8, _, cells) if cells.CCI.color == 1

# 2025: long-term English learners by English learner progress alone.
meets_2025(4, group, cells) if {
	group != "LTEL"
	tests(cells)
}

meets_2025(4, "EL", cells) if cells.ELPI.color == 1

meets_2025(4, "LTEL", cells) if cells.ELPI.color <= 2

meets_2025(5, _, cells) if cells.GRAD.color == 1

meets_2025(5, _, cells) if cells.CHRO.color == 1

meets_2025(6, _, cells) if cells.SUSP.color == 1

meets_2025(8, _, cells) if cells.CCI.color == 1

state_2024 := {group: met |
	some group, cells in input.years["2024"]
	met := {priority | some priority in [4, 5, 6, 8]; meets_2024(priority, group, cells)}
}

state_2025 := {group: met |
	some group, cells in input.years["2025"]
	met := {priority | some priority in [4, 5, 6, 8]; meets_2025(priority, group, cells)}
}

groups_2022 := {group |
	some group, cells in input.years["2022"]
	count([priority | some priority in [4, 5, 6]; meets_2022(priority, group, cells)]) >= 2
}

groups_2023 := {group |
	some group, cells in input.years["2023"]
	count([priority | some priority in [4, 5, 6, 8]; meets_2023(priority, group, cells)]) >= 2
}

groups_2024 := {group | some group, met in state_2024; count(met) >= 2}

groups_2025 := {group | some group, met in state_2025; count(met) >= 2}

local_priorities := {1, 2, 3, 6, 7, 9, 10} if {
	input.kind == "county_office"
} else := {1, 2, 3, 6, 7}

local_2024 := {priority | some priority in input.local["2024"]; priority in local_priorities}

local_2025 := {priority | some priority in input.local["2025"]; priority in local_priorities}

met_2024 if count(groups_2024) > 0

met_2024 if count(local_2024) >= 2

met_2024 if {
	count(local_2024) == 1
	some met in state_2024
	count(met - local_2024) > 0
}

met_2025 if count(groups_2025) > 0

met_2025 if count(local_2025) >= 2

met_2025 if {
	count(local_2025) == 1
	some met in state_2025
	count(met - local_2025) > 0
}

default da := "no"

da := "yes" if {
	input.kind == "charter"
	met_2025
	met_2024
} else := "year_1" if {
	input.kind != "charter"
	met_2025
} else := "year_2" if {
	input.kind != "charter"
	met_2024
}

default da_groups := set()

da_groups := groups_2025 if da in {"yes", "year_1"}

default lead_groups := set()

lead_groups := (groups_2023 & groups_2024) & groups_2025 if input.kind == "district"

# Three of four years.
often := (((groups_2022 & groups_2023) & (groups_2024 | groups_2025)) | ((groups_2024 & groups_2025) & (groups_2022 | groups_2023)))

significant(cells) if {
	some cell in cells
	cell.color
}

significant(cells) if {
	some cell in cells
	cell.status
	cell.enough
}

significant(cells) if cells.SUSP.enough

counting := {group | some group, cells in input.years["2025"]; significant(cells)}

default direct_groups := set()

direct_groups := often if {
	input.kind != "charter"
	count(often) >= 3
} else := counting if {
	input.kind != "charter"
	count(counting) in {1, 2}
	count(counting - often) == 0
}

answer := {"da": da, "da_groups": da_groups, "lead_groups": lead_groups, "direct_groups": direct_groups}
