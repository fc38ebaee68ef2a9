package estate

// checkClasses makes the index of the data classes. They have no dates: how a kind of
// information is protected holds for tickets of every age.
func (c *checker) checkClasses() {
	c.classes = make(map[string]int, len(c.doc.DataClasses))
	for i, d := range c.doc.DataClasses {
		path := at("dataClasses", i) + ".id"
		c.identify(path, d.ID)
		if first, taken := c.classes[d.ID]; taken {
			c.add(DuplicateID, path, "the id %q is already that of %s", d.ID, at("dataClasses", first))
			continue
		}
		c.classes[d.ID] = i
	}
}

// checkClass reports a service without a class among others that have one: left out
// by an oversight, it would be open to everybody.
func (c *checker) checkClass(path string, s Service) {
	switch _, known := c.classes[s.DataClass]; {
	case s.DataClass == "" && len(c.doc.DataClasses) > 0:
		c.add(NoDataClass, path, "the service %s has no data class", s.ID)
	case s.DataClass != "" && !known:
		c.add(UnknownReference, path, "there is no data class %q", s.DataClass)
	}
}
