import { STATUS_CODES } from 'node:http';

/** The page with which a load balancer answers when it can't reach the service behind it: its own, without a header of the service. */
export function balancerPage(status: number): { readonly type: string; readonly text: string } {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  const text = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { type: 'text/html', text };
}
