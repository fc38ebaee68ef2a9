// Package directory knows the people of an estate, the assets that they use and the
// sites where they work, and reads them from the files that organisations have.
//
// A [Person] belongs to one party and has roles in it; an [Asset] stands at a site,
// is used by a person and is part of a service. Sites belong to the estate's own
// document: a file of them makes a new text of it ([PlanSites]), so that there is one
// truth about them.
//
// # From a file to the directory
//
// A file is a CSV file with a line of names: [ReadPeople], [ReadAssets], [ReadSites].
// Reading is strict and says everything that is wrong, with line and column name.
// What was read is compared with what is there, and the difference is a plan that a
// person looks at before anything changes:
//
//	people.csv --read--> Sheet --compare--> Plan --apply--> the directory
//	                               ^                ^
//	                     what is there now     only with the digest of the plan shown
//
// A plan adds, changes and ends; it never deletes. Whoever is no longer in the file
// becomes a leaver: inactive, with a last day. Only rows that came from the same
// source can leave: a file of one party's people says nothing about those of another,
// nor about people who were added by hand. A plan that would end a large share of the
// people there are is a finding, for that is mostly half a file ([Options.Leave]).
//
// A column that the file does not have is left alone: roles that were given by hand
// outlive an import of names and sites.
//
// The package is pure: it opens no file and knows no store.
package directory
