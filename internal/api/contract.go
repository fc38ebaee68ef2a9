package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"towerbridge/internal/app"
)

const contractTag = "Contracts"

// contracts adds the reading of contracts.
func (r *registrar) contracts() {
	add(r, operation{
		id: "list-contracts", method: http.MethodGet, path: "/contracts", tag: contractTag,
		summary: "List contracts", about: "Those whose terms you may see: who is bound to what, and from when until when.",
	}, r.listContracts)
	add(r, operation{
		id: "read-contract", method: http.MethodGet, path: "/contracts/{id}", tag: contractTag,
		summary: "Read the terms of a contract",
		about:   "Clocks, targets, measures and the rest, as the document has them. What has a price in it, points that turn into money included, is there only for those who may see prices.",
	}, r.readContract)
	terms := r.huma.OpenAPI().Components.Schemas.Map()["Terms"].Properties["terms"]
	*terms = huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Description: "The document, as schema/contract.schema.json describes it, without what you may not see. Not there in lists.",
	}
}

type contractsOutput struct {
	Body struct {
		Contracts []app.Terms `json:"contracts" doc:"In the order of their ids."`
	}
}

func (a *API) listContracts(ctx context.Context, _ *struct{}) (*contractsOutput, error) {
	list, err := a.Record.Contracts(ctx, whoOf(ctx))
	out := &contractsOutput{}
	out.Body.Contracts = list
	return out, err
}

type readContractInput struct {
	ID string `path:"id" maxLength:"200" doc:"Id of the contract." example:"network"`
}

type contractOutput struct{ Body *app.Terms }

func (a *API) readContract(ctx context.Context, in *readContractInput) (*contractOutput, error) {
	terms, err := a.Record.Contract(ctx, whoOf(ctx), in.ID)
	return &contractOutput{terms}, err
}
