# What the tests of scanners ask of Rego. The bundle beside it is made of this file, by OPA 1.22.2:
#   opa build -t wasm -e slipway/deny -o bundle.tar.gz slipway.rego limits/data.json
package slipway

# A network has to be small, and what the template says is seen as it is written.
deny contains {
	"id": "small-networks",
	"title": "Networks are small",
	"msg": sprintf("%s has a /%d, and at least a /%d is wanted", [name, size, data.limits.network]),
	"remedy": "Give it a smaller range.",
	"severity": "critical",
	"resource": name,
	"path": "CidrBlock",
} if {
	some name, resource in input.template.Resources
	resource.Type == "AWS::EC2::VPC"
	[_, mask] := split(resource.Properties.CidrBlock, "/")
	size := to_number(mask)
	size < data.limits.network
}

# Nothing is deleted: only the plan knows.
deny contains sprintf("%s is deleted", [change.logicalId]) if {
	some change in input.plan.changes
	change.action == "delete"
}
