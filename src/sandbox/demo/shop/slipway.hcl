# What Slipway needs for the shop, and no more.
path "secret/data/shop/*"       { capabilities = ["read", "update"] }
path "secret/metadata/shop/*"   { capabilities = ["create", "read", "update", "delete"] }
path "sys/policies/acl/shop-*"  { capabilities = ["read", "update", "delete"] }
path "auth/approle/role/shop-*" { capabilities = ["create", "read", "update", "delete"] }
path "shop-ssh/config/ca"       { capabilities = ["read", "update", "delete"] }
path "shop-ssh/roles/*"         { capabilities = ["read", "update", "delete"] }
