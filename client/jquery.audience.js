// jq
