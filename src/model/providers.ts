/** The providers of identities that the services know. */
export const PROVIDER_NAMES = ['facebook', 'twitter', 'twitter_digits', 'firebase_phone', 'firebase_email'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** Whether there is a provider of this name. */
export function isProvider(name: string): name is ProviderName {
  return (PROVIDER_NAMES as readonly string[]).includes(name);
}
