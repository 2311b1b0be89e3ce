/** Public keys that nobody has the private ones of, and what `ssh-keygen -l` says of each. */
export const publishedKeys = {
  ed25519: {
    key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBCqRpetKjEVDh08N2MeotP3OXk+Sw/oy50fHuY5nuif',
    fingerprint: 'SHA256:VHsn1n7QeD+tlKOlTcjlZ0EDZ3tqKOrpcELhA7olptM',
  },
  'another ed25519': {
    key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq5RWVCm5YG+mGIJ3JHbueFM7o4RGiX8lYPWoQppzRr',
    fingerprint: 'SHA256:LoQrXUbsj/4x3pYe+gkWH3yGBMYaOvO70340PCW1FZQ',
  },
  'ecdsa 256': {
    key: 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBXiWiU7mMvvAodW5bn6B0us6gWrSz5ESVRIpKfwp/ekQc2tYkJF63Kfw1jPq1r8VItGV5XYZ0c9QjgR8E8gRsw=',
    fingerprint: 'SHA256:MkcbxEn2xCUUVbYkCtF6EHnlrbCtC+oUz0esf9LRKiI',
  },
  'ecdsa 384': {
    key: 'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBBi3bfvodugivY4vtMU3HoT1XF9+05qXRBfyYdZVwvEtT73wgyp1/OLjhilP2otL5x4U1n2U6qhkqfRgUVyg/bRnvDyPhiibppQgtTSvBcgwBuF89C/tIO8y1eeOGSkbJQ==',
    fingerprint: 'SHA256:hM25COjBZqwsKe6M9+mzdrUuFWxC/1CNDX8QNjYGIG8',
  },
  'ecdsa 521': {
    key: 'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAF+ltO7OaNeA62i/gcbBdVQv9nKZhJBJ2kE1sEtjxyBKOvQcUxD8nDWCBry8anwQqwF5ir0SOtS6ZJuR+GbVIjmWQHnl0Ts0pp6WXSZOinvgl1mOvBTwLwUdhLiFOH52kWxjc1CFlv4IZNexr3CdxoZUmOJ5nv73gGiw8uSLiNhMMQbgg==',
    fingerprint: 'SHA256:pAv5RK1tPODKtEopvyAJ60j8sjnY+l51ns40lGA/aeU',
  },
  'rsa 1024': {
    key: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDftu7mpc6yqTGYdL6cr2df3N5q4xkSp8HOBjZnPcEbCAIAixpJBiMLWcwbFhpJJvIegCKo+G40Zc7DSPwFg4Rd6QlJwrMN05tjdU03KtKky+XKnLGLPBo5DYK0VsyPyhy0O0Ubo3swITAN/flDtp0HQnP/t17fjsKxPGHDbRvXTQ==',
    fingerprint: 'SHA256:9O9PvxZsvk+d30lI3fqgdVSkNE8Pv9mX6JoXlfBhf0w',
  },
  'rsa 2048': {
    key: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDKOpS1UGLeGtLCfbKAXgiNvjn4EgV7ZSSJnZxuJn8/a79lRgHJTtoZrZIMfThNRetxH4BXtjgKLURzdGM72K2x1SdampZmYQ0lC30jckWPQX9J4QAGtyBcK9+iBPuMGktPkmggYxYehw4p5trc7RHvS4IVC/jZdqhYYyWlQbWH/0VowscJed0N8XrWX1TUi9h8cvV/Wn5CfMqceZcGRRqV5hw7DBf5htwKIY4ggq07GqprEb5SKS/hqojI0IuHc1gkSpYLU5j6/pyas6Tv8+ezNm4Ak5AwubqpeTxir4swtJM1dRriSTq3SHc+d1pgP+PN8CpvmMaPWVE2gJca2Rwj',
    fingerprint: 'SHA256:bhqAH6mOC4iiIoxmY6wLnUuvfNmaq+75DMxc7h0XrvA',
  },
  'rsa 3072': {
    key: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC5sWRH2hexRoNzqR8Ss0o2Ul0SrtvTIurcf840oqmcZMoEwkKt0lhlAmapulWCZ/KkBIdK96z3y/kY/wZDS2GeIvtW0h+QcqGA0wWd3HoVuJ1NRWQmCGr4egn6L7g9nTmlan4aIM8Scpz5GiRgAAMsr5WibHz/veBF7yeMy/GdAYQhr7wlKKVa3cPfvz00a2rOJuy+JsOtzoyD6xk8zU1zFmQxIE/Wfb3cY4L5QBacifuI9p1SggvXPyCgpo01V4a1W8TKjY15dVpGFl84GNldmilFwYNVMIYQ1171ZnMCLq1i0DpSOOZhwjlIZiA/w7EWIW54SnZRtEZhclnRmr7iRs5xFTTwWLpWgkbyPjBKmc00U1vfn/rPYF/96kzReRGEtgr/JS+Yq+etCZXlEI+jUhFiBVDA2TmyVCsXLieMD2TKipDlvj6XQ49K5fwZOrc9WQ6zsTc1Lid5YELbZbVnp04nFLNpp1I2NqNzInU5FUDVOjTtBA7QByB5fwV6PRk=',
    fingerprint: 'SHA256:DDqCWKzZDphl7hFGr9+NB0WX5oMu/P5TODSqNOV4ICk',
  },
} as const;
