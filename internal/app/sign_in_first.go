package app

import (
	"context"
	"encoding/hex"
	"io"
	"strings"

	"towerbridge/access"
	"towerbridge/directory"
	"towerbridge/estate"
	"towerbridge/fault"
	"towerbridge/internal/identity"
	"towerbridge/internal/store"
)

// adminSetting is the id of the setting that says where the last known administrator
// is, so that a large directory is not read through each time the program starts.
const adminSetting = "administrator"

// FirstAdministrator returns a link for the person who sets the record up, and whether one
// was made: only while there is no administrator who can sign in. It holds once, and for a
// day; a later one takes its place.
func (d *Door) FirstAdministrator(ctx context.Context) (link identity.Secret, made bool, err error) {
	there, err := d.hasAdministrator(ctx)
	if err != nil || there {
		return "", false, err
	}
	link, _, err = d.makeLink(ctx, "", &linkData{Purpose: firstLink}, store.Act{})
	return link, err == nil, err
}

// hasAdministrator reports whether anybody can sign in who administers the record.
func (d *Door) hasAdministrator(ctx context.Context) (bool, error) {
	var last pointer
	item, err := d.record.Ledger.Get(ctx, store.Settings, adminSetting)
	if err != nil && !isNotFound(err) {
		return false, err
	}
	if err == nil {
		if err := readItem(item, &last); err != nil {
			return false, err
		}
		p, err := d.record.person(ctx, last.Person)
		if err != nil && !isNotFound(err) {
			return false, err
		}
		if err == nil {
			if ok, err := d.administers(ctx, p); ok || err != nil {
				return ok, err
			}
		}
	}
	found := ""
	err = d.record.browse(ctx, store.Browse{Shelf: store.People}, func(item store.Item) error {
		p, err := directory.DecodePerson(item.Data)
		if err != nil || found != "" || !p.Has(access.Administrator) {
			return err
		}
		ok, err := d.administers(ctx, &p)
		if ok {
			found = p.ID
		}
		return err
	})
	if err != nil || found == "" {
		return false, err
	}
	_, err = d.record.Ledger.Commit(ctx, &store.Change{Put: []store.Item{adminItem(found)}})
	return true, err
}

func adminItem(person string) store.Item {
	return store.Item{Shelf: store.Settings, ID: adminSetting, Version: store.AnyVersion, Data: writeItem(pointer{person})}
}

// administers reports whether a person can sign in, and may then change the directory
// of all parties.
func (d *Door) administers(ctx context.Context, p *directory.Person) (bool, error) {
	who, err := d.principal(ctx, p)
	if fault.KindOf(err) == fault.Denied && err != nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	a, err := d.account(ctx, p.ID)
	return err == nil && a.usable(p) && d.record.may(who, access.DirectoryChange, access.Person{}) == nil, err
}

// firstPerson is the first administrator, as he describes himself.
func (d *Door) firstPerson(ctx context.Context, n *Newcomer) (*directory.Person, error) {
	var f fault.Findings
	if n.Name = strings.TrimSpace(n.Name); n.Name == "" || len(n.Name) > 200 {
		f = append(f, ruleNewcomer.At(fault.Position{}, "name", "the administrator has no name, or one of more than 200 bytes"))
	}
	book, err := d.record.Book(ctx)
	switch {
	case isNotFound(err):
		if n.Party = strings.TrimSpace(n.Party); n.Party == "" || len(n.Party) > 64 {
			f = append(f, ruleNewcomer.At(fault.Position{}, "party", "there is no estate yet: give the id that the customer will have in it"))
		}
	case err != nil:
		return nil, err
	default:
		n.Party, f = governing(book, n.Party, f)
	}
	if len(f) > 0 {
		return nil, f
	}
	noise := make([]byte, 6)
	if _, err := io.ReadFull(d.record.Random, noise); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "no random bytes could be had")
	}
	p := &directory.Person{ID: "p-" + hex.EncodeToString(noise), Name: n.Name, Party: n.Party, Roles: []access.Role{access.Administrator}, Active: true}
	if strings.Contains(n.SignIn, "@") {
		p.Email = strings.TrimSpace(n.SignIn)
	}
	return p, nil
}

// governing returns the party of the first administrator: a customer or an integrator,
// and the only customer where none is named.
func governing(book *Book, party string, f fault.Findings) (string, fault.Findings) {
	var customers []string
	for _, p := range book.Estate.Document().Parties {
		if p.Kind == estate.Customer {
			customers = append(customers, p.ID)
		}
	}
	if party == "" && len(customers) == 1 {
		return customers[0], f
	}
	if kind := book.Estate.PartyKind(party); kind != estate.Customer && kind != estate.Integrator {
		f = append(f, ruleNewcomer.At(fault.Position{}, "party", "the first administrator belongs to a customer (%s) or an integrator", strings.Join(customers, ", ")))
	}
	return party, f
}
