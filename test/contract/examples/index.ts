import type { Example } from './example.ts';
import { instance } from './instance.ts';
import { instanceProfile } from './instance-profile.ts';
import { internetGateway } from './internet-gateway.ts';
import { role } from './role.ts';
import { route } from './route.ts';
import { routeTable } from './route-table.ts';
import { securityGroup } from './security-group.ts';
import { subnet } from './subnet.ts';
import { subnetRouteTableAssociation } from './subnet-route-table-association.ts';
import { vpc } from './vpc.ts';
import { vpcGatewayAttachment } from './vpc-gateway-attachment.ts';

export const examples: readonly Example[] = [
  vpc,
  subnet,
  internetGateway,
  vpcGatewayAttachment,
  routeTable,
  route,
  subnetRouteTableAssociation,
  securityGroup,
  role,
  instanceProfile,
  instance,
];
