export const PAGE: RegExp;
export function consolePage(): Promise<string>;
