package estate

import "slices"

// checkDependencies reports references to nothing, dependencies that never hold, and
// circles. A circle counts whether or not there is one date on which all of it holds.
func (c *checker) checkDependencies() {
	needs := make([][]int, len(c.doc.Services))
	for i, s := range c.doc.Services {
		for k, id := range s.DependsOn {
			path := at(at("services", i)+".dependsOn", k)
			j, found := c.refer(path, "service", c.services, id)
			if !found {
				continue
			}
			mine, theirs := c.services.lives[i], c.services.lives[j]
			if !mine.empty() && !theirs.empty() && !mine.overlaps(theirs) {
				c.add(OutsideLifetime, path, "the service exists only %s, but %s only %s", mine, id, theirs)
				continue
			}
			needs[i] = append(needs[i], j)
		}
	}
	for _, circle := range circles(needs) {
		var names []string
		for _, i := range circle {
			names = append(names, c.doc.Services[i].ID)
		}
		c.add(DependencyCycle, at("services", circle[0])+".dependsOn", "%s depends on itself by way of %s",
			names[0], some(append(names[1:], names[0])))
	}
}

// circles returns a shortest circle in each group of services that all depend on one
// another, directly or not, starting at the first service of the group; the groups
// are in the order of those.
func circles(needs [][]int) [][]int {
	group := groups(needs)
	var found [][]int
	done := map[int]bool{}
	for i := range needs {
		if done[group[i]] {
			continue
		}
		done[group[i]] = true
		if circle := circleFrom(i, needs, group); circle != nil {
			found = append(found, circle)
		}
	}
	return found
}

// circleFrom returns a shortest way from a service back to itself within its group,
// or nil when there is none.
func circleFrom(start int, needs [][]int, group []int) []int {
	cameFrom := map[int]int{}
	for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
		i := queue[0]
		for _, j := range needs[i] {
			if j == start {
				way := []int{i}
				for i != start {
					i = cameFrom[i]
					way = append(way, i)
				}
				slices.Reverse(way)
				return way
			}
			if _, seen := cameFrom[j]; !seen && group[j] == group[start] {
				cameFrom[j] = i
				queue = append(queue, j)
			}
		}
	}
	return nil
}

// groups returns for each service the number of its group: the strongly connected
// components of the dependencies, by Tarjan's walk.
func groups(needs [][]int) []int {
	order := make([]int, len(needs)) // of arrival, from 1
	low := make([]int, len(needs))   // earliest arrival that can be reached
	group := make([]int, len(needs)) // 0 while unknown
	var open []int
	arrived, closed := 0, 0
	var walk func(i int)
	walk = func(i int) {
		arrived++
		order[i], low[i] = arrived, arrived
		open = append(open, i)
		for _, j := range needs[i] {
			switch {
			case order[j] == 0:
				walk(j)
				low[i] = min(low[i], low[j])
			case group[j] == 0:
				low[i] = min(low[i], order[j])
			}
		}
		if low[i] < order[i] {
			return
		}
		closed++
		for group[i] == 0 {
			last := open[len(open)-1]
			open = open[:len(open)-1]
			group[last] = closed
		}
	}
	for i := range needs {
		if order[i] == 0 {
			walk(i)
		}
	}
	return group
}
