package directory

import (
	"io"
	"strings"

	"towerbridge/fault"
	"towerbridge/span"
)

// Asset is a thing that users have: a laptop, a radio, a printer.
type Asset struct {
	ID         string `json:"id"`
	Type       string `json:"type"` // such as laptop
	Name       string `json:"name,omitempty"`
	Serial     string `json:"serial,omitempty"`
	Site       string `json:"site,omitempty"`     // id in the estate
	User       string `json:"user,omitempty"`     // id of a person
	Service    string `json:"service,omitempty"`  // id in the estate
	Source     string `json:"source,omitempty"`   // of the import that keeps the row; empty: kept by hand
	Disabled   bool   `json:"disabled,omitempty"` // by hand; no import undoes it
	Active     bool   `json:"active"`
	span.Dated        // From is the first day, To the first day on which the asset is gone
}

// Present reports whether an asset is in use on a date.
func (a *Asset) Present(on span.Date) bool { return a.Active && a.On(on) }

// Sort is by what assets are listed and searched: type, name and serial number in
// small letters.
func (a *Asset) Sort() string {
	return strings.ToLower(strings.TrimSpace(a.Type + " " + a.Name + " " + a.Serial))
}

// Encode returns the asset's JSON, the same bytes for the same asset.
func (a *Asset) Encode() []byte { return encode(a) }

// DecodeAsset reads what [Asset.Encode] writes; a member that it does not know is an
// error of kind Invalid.
func DecodeAsset(data []byte) (Asset, error) {
	var a Asset
	err := decode("asset", data, &a)
	return a, err
}

var assets = table[Asset]{
	one: "asset", many: "assets",
	id:    func(a *Asset) string { return a.ID },
	state: func(a *Asset) state { return state{&a.Source, &a.Active, &a.Disabled, &a.Dated} },
	columns: []column[Asset]{
		plain("id", "Up to 64 letters, digits and . _ @ + - after a letter or digit, such as the tag on the thing.", func(a *Asset) *string { return &a.ID }).need(),
		text("type", "Such as laptop.", func(a *Asset) *string { return &a.Type }).need(),
		text("name", "As pages show it, such as the model.", func(a *Asset) *string { return &a.Name }),
		text("serial", "The maker's number.", func(a *Asset) *string { return &a.Serial }),
		text("site", "Id of the site in the estate.", func(a *Asset) *string { return &a.Site }),
		text("user", "Id of the person who has it.", func(a *Asset) *string { return &a.User }),
		text("service", "Id of the service in the estate that it is part of.", func(a *Asset) *string { return &a.Service }),
		date("from", "First day in use, such as 2026-03-29.", func(a *Asset) **span.Date { return &a.From }),
		date("to", "First day on which it is gone.", func(a *Asset) **span.Date { return &a.To }),
		yes("disabled", "yes for a thing that is out of use.", func(a *Asset) *bool { return &a.Disabled }),
	},
}

// AssetColumns returns the columns that a file of assets may have.
func AssetColumns() []Column { return assets.list() }

// ReadAssets reads a file of assets as [ReadPeople] reads one of people; references
// are checked by [CheckAssets].
func ReadAssets(file string, data []byte) (*Sheet[Asset], fault.Findings) {
	return read(&assets, file, data)
}

// WriteAssets writes assets as [ReadAssets] reads them; see [WritePeople].
func WriteAssets(w io.Writer, rows func(yield func(*Asset) bool)) error {
	return write(&assets, w, rows)
}
