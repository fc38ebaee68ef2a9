package serve

import "html/template"

// problemPage tells a person what a problem tells a program. It needs no style of its
// own: the site's, if there is one, is at /style.css.
var problemPage = template.Must(template.New("problem").Parse(`<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}} - Towerbridge</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>{{.Title}}</h1>
{{with .Detail}}<p>{{.}}.</p>{{end}}
{{range .Findings}}<p>{{.Message}}. {{.Remedy}}</p>{{end}}
<p>{{.Remedy}}</p>
<p><a href="/">Go to the start page</a></p>
<p><small>Request {{.Request}}</small></p>
</main>
</body>
</html>
`))
